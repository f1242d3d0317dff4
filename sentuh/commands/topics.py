"""The command `sentuh topics plan|apply|check`: the broker's topics against their rows."""

import argparse
import asyncio
from typing import Any

from sentuh.commands import options

DONE = {"create": "created", "change": "changed", "refit": "left as it is"}


def add_parser(commands: Any) -> None:
    """Add the command and its three actions."""
    parser = commands.add_parser("topics", help="the topics on a broker: plan, apply, check")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    said = {
        "plan": (run_plan, "what `apply` would create or change"),
        "apply": (run_apply, "create what is missing, correct settings that drifted"),
        "check": (run_check, "1 if anything is missing or drifted"),
    }
    for name, (run, text) in said.items():
        action = actions.add_parser(name, help=text)
        options.add_broker(action)
        action.add_argument(
            "--replication",
            type=int,
            default=1,
            metavar="N",
            help="copies of each new topic (default: 1); 3 or more also want two in sync to write",
        )
        action.set_defaults(run=run)


def run_plan(given: argparse.Namespace) -> int:
    """Show what would be done."""
    from sentuh.topics import plan

    _show(given, asyncio.run(_steps(plan, given)))
    return 0


def run_apply(given: argparse.Namespace) -> int:
    """Do it; 1 if something is left that only a person can decide."""
    from sentuh.topics import apply, plan

    steps = asyncio.run(_steps(plan, given))
    asyncio.run(_steps(apply, given))
    _show(given, steps, done=True)
    return int(any(step.blocked for step in steps))


def run_check(given: argparse.Namespace) -> int:
    """Show what is missing or drifted; 1 if anything is."""
    from sentuh.topics import plan

    steps = asyncio.run(_steps(plan, given))
    _show(given, steps)
    return int(bool(steps))


async def _steps(act: Any, given: argparse.Namespace) -> Any:
    broker, names = options.broker(given), options.names(given)
    return await act(broker, names, replication=given.replication)


def _show(given: argparse.Namespace, steps: Any, *, done: bool = False) -> None:
    from rich.console import Console
    from rich.table import Table

    from shared.topics import TOPICS

    console = Console()
    if steps:
        table = Table("topic", "what", "how")
        for step in steps:
            table.add_row(step.topic, DONE[step.what] if done else step.what, step.how)
        console.print(table)
        unchanged = len(TOPICS) - len({step.topic for step in steps})
        console.print(f"{unchanged} of {len(TOPICS)} topics are as their rows say.")
    else:
        console.print("Every topic is as its row says.")
    if not _is_apache(options.broker(given)):
        console.print(
            "This broker is not Apache Kafka: it keeps these settings and may ignore some."
        )


def _is_apache(bootstrap: str) -> bool:
    """Whether it says so; one that speaks only over TLS is not asked and believed to be."""
    from sentuh.wire import ask_broker

    try:
        return ask_broker(bootstrap).is_apache
    except (OSError, ValueError):
        return True
