"""The command `sentuh topics plan|apply|check|acls`: a broker's topics and rights, from rows."""

import argparse
import asyncio
from collections.abc import Sequence
from typing import Any

from sentuh.commands import options
from shared.connect.access import KafkaAccess
from shared.contracts.rights import ROLES, Right, rights

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
    _add_acls(actions)


def _add_acls(actions: Any) -> None:
    acls = actions.add_parser("acls", help="who may do what on which topic, the least each needs")
    options.add_broker(acls)
    acls.add_argument(
        "--role",
        action="append",
        choices=ROLES,
        metavar="ROLE",
        help=f"only of this role, several times for several: {', '.join(ROLES)}",
    )
    acls.add_argument(
        "--principal",
        default="User:{role}",
        metavar="PATTERN",
        help="what Kafka calls each role (default: User:{role}; by certificate: User:CN={role})",
    )
    how = acls.add_mutually_exclusive_group()
    how.add_argument("--script", action="store_true", help="print the lines of kafka-acls.sh")
    how.add_argument("--apply", action="store_true", help="grant them; none is taken away")
    acls.set_defaults(run=run_acls)


def run_plan(given: argparse.Namespace) -> int:
    """Show what would be done."""
    from sentuh.broker.topics import plan

    _show(given, asyncio.run(_steps(plan, given)))
    return 0


def run_apply(given: argparse.Namespace) -> int:
    """Do it; 1 if something is left that only a person can decide."""
    from sentuh.broker.topics import apply, plan

    steps = asyncio.run(_steps(plan, given))
    asyncio.run(_steps(apply, given))
    _show(given, steps, done=True)
    return int(any(step.blocked for step in steps))


def run_check(given: argparse.Namespace) -> int:
    """Show what is missing or drifted; 1 if anything is."""
    from sentuh.broker.topics import plan

    steps = asyncio.run(_steps(plan, given))
    _show(given, steps)
    return int(bool(steps))


def run_acls(given: argparse.Namespace) -> int:
    """Show the rights, print them as a script, or grant them."""
    from sentuh.broker.acls import grant, script

    wanted = rights(options.names(given), given.role or ROLES)
    if given.apply:
        count = asyncio.run(grant(options.broker(given), wanted, pattern=given.principal))
        print(f"{count} rights are granted.")
    elif given.script:
        servers = given.kafka or "localhost:9092"
        print("\n".join(script(wanted, servers=servers, pattern=given.principal)))
    else:
        _show_rights(given, wanted)
    return 0


def _show_rights(given: argparse.Namespace, wanted: Sequence[Right]) -> None:
    from rich.console import Console
    from rich.table import Table

    from sentuh.broker.acls import principal_of

    table = Table("principal", "may", "on")
    for role in dict.fromkeys(right.role for right in wanted):
        own = [right for right in wanted if right.role == role]
        for what in dict.fromkeys((r.operation, r.kind, r.prefixed) for r in own):
            same = [r.name for r in own if (r.operation, r.kind, r.prefixed) == what]
            begins = "s beginning with" if what[2] else ""
            on = f"{what[1]}{begins} {', '.join(same)}"
            table.add_row(principal_of(role, given.principal), what[0], on)
        table.add_section()
    Console(highlight=False).print(table)


async def _steps(act: Any, given: argparse.Namespace) -> Any:
    broker, names = options.broker(given), options.names(given)
    return await act(broker, names, replication=given.replication)


def _show(given: argparse.Namespace, steps: Any, *, done: bool = False) -> None:
    from rich.console import Console
    from rich.table import Table

    from shared.contracts.topics import TOPICS

    console = Console()
    if steps:
        table = Table("topic", "what", "how")
        for step in steps:
            table.add_row(step.topic, DONE[step.what] if done else step.what, step.how)
        console.print(table)
        unchanged = len(TOPICS) - len({step.topic for step in steps})
        if done:
            made = len({step.topic for step in steps if step.what != "refit"})
            console.print(f"{made} topics made as their rows say; {unchanged} were so before.")
        else:
            console.print(f"{unchanged} of {len(TOPICS)} topics are as their rows say.")
    else:
        console.print("Every topic is as its row says.")
    if not _is_apache(options.broker(given)):
        console.print(
            "This broker is not Apache Kafka: it keeps these settings and may ignore some."
        )


def _is_apache(access: KafkaAccess) -> bool:
    """Whether it says so; one that wants more than plaintext is not asked and believed to be."""
    from sentuh.embedded.wire import ask_broker

    try:
        return access.security != "PLAINTEXT" or ask_broker(access.servers).is_apache
    except (OSError, ValueError):
        return True
