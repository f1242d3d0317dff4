"""The command `sentuh topics plan|apply|check|acls`: a broker's topics and rights, from rows."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from sentuh.commands.options import OPERATE, BrokerOptions, JsonDocument, command, flag, one_of
from shared.contracts.errors import SettingError
from shared.contracts.rights import ROLES, Right, rights

if TYPE_CHECKING:
    from sentuh.broker.topic_steps import TopicStep
    from shared.connect.access import KafkaAccess

Answer = TypeVar("Answer")

DONE = {"create": "created", "change": "changed", "refit": "left as it is"}

app = typer.Typer(
    name="topics",
    help="Plan, apply or check the topics on a broker, and who may use them.",
    epilog="Example: sentuh topics plan --kafka localhost:9092",
    rich_help_panel=OPERATE,
)


@dataclass(frozen=True, kw_only=True)
class TopicsOptions(BrokerOptions):
    """The options of `sentuh topics plan`, `apply` and `check`."""

    replication: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Copies of each new topic; from 3 on a write must also reach two in sync.",
        ),
    ] = 1
    keep_all: Annotated[
        bool,
        flag(
            "--keep-all",
            "Let topics that others write keep every record, however old: while one that is in use"
            " is moved to the time of arrival (docs/operate.md#upgrading).",
        ),
    ] = False
    json: JsonDocument = False


@dataclass(frozen=True, kw_only=True)
class AclsOptions(BrokerOptions):
    """The options of `sentuh topics acls`."""

    role: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE",
            help=f"Only of this role; give it several times for several: {', '.join(ROLES)}.",
            **one_of(ROLES),
        ),
    ] = None
    principal: Annotated[
        str,
        typer.Option(
            metavar="PATTERN",
            help="What Kafka calls each role; by certificate: User:CN={role}.",
        ),
    ] = "User:{role}"
    script: Annotated[bool, flag("--script", "Print the lines of kafka-acls.sh.")] = False
    apply: Annotated[bool, flag("--apply", "Grant the rights; none is taken away.")] = False
    json: JsonDocument = False


@command(app, "plan", example="sentuh topics plan --kafka localhost:9092")
def run_plan(options: TopicsOptions) -> int:
    """Show what `apply` would create or change."""
    from sentuh.broker.topics import plan

    _show(options, _steps(plan, options))
    return 0


@command(app, "apply", example="sentuh topics apply --kafka localhost:9092 --replication 3")
def run_apply(options: TopicsOptions) -> int:
    """Create missing topics, correct settings that drifted.

    Exit code 1 if something is left that only a person can decide.
    """
    from sentuh.broker.topics import apply, plan

    steps = _steps(plan, options)
    _steps(apply, options)
    _show(options, steps, done=True)
    return int(any(step.blocked for step in steps))


@command(app, "check", example="sentuh topics check --kafka localhost:9092 --json")
def run_check(options: TopicsOptions) -> int:
    """Show topics that are missing and settings that drifted.

    Exit code 1 if anything is.
    """
    from sentuh.broker.topics import plan

    steps = _steps(plan, options)
    _show(options, steps)
    return int(bool(steps))


@command(app, "acls", example="sentuh topics acls --role router --script")
def run_acls(options: AclsOptions) -> int:
    """Show the rights on topics that each role needs, and no more; or grant them."""
    from sentuh.broker.acls import grant, principal_of, script

    if options.script + options.apply + options.json > 1:
        raise SettingError("--script, --apply and --json do not go together: give one of them")
    roles = rights(options.names, options.role or ROLES)
    pattern = options.principal
    if options.apply:
        count = asyncio.run(grant(options.access, roles, pattern=pattern))
        print(f"{count} rights are granted.")
    elif options.script:
        servers = options.kafka or "localhost:9092"
        print("\n".join(script(roles, servers=servers, pattern=pattern)))
    elif options.json:
        rows = [{"principal": principal_of(one.role, pattern), **asdict(one)} for one in roles]
        print(json.dumps(rows, indent=2))
    else:
        _show_rights(options, roles)
    return 0


def _show_rights(options: AclsOptions, roles: Sequence[Right]) -> None:
    """Print a table: a row for each operation of a role on one kind of resource."""
    from rich.console import Console
    from rich.table import Table

    from sentuh.broker.acls import principal_of

    table = Table("principal", "may", "on")
    for role in dict.fromkeys(right.role for right in roles):
        own = [right for right in roles if right.role == role]
        for operation, kind, prefixed in dict.fromkeys(
            (one.operation, one.kind, one.prefixed) for one in own
        ):
            names = [
                one.name
                for one in own
                if (one.operation, one.kind, one.prefixed) == (operation, kind, prefixed)
            ]
            begins = "s beginning with" if prefixed else ""
            on = f"{kind}{begins} {', '.join(names)}"
            table.add_row(principal_of(role, options.principal), operation, on)
        table.add_section()
    Console(highlight=False).print(table)


def _steps(act: Callable[..., Awaitable[Answer]], options: TopicsOptions) -> Answer:
    """Plan or apply over the broker of these options."""

    async def run() -> Answer:
        return await act(
            options.access,
            options.names,
            replication=options.replication,
            keep_all=options.keep_all,
        )

    return asyncio.run(run())


def _show(options: TopicsOptions, steps: "Sequence[TopicStep]", *, done: bool = False) -> None:
    """Print the steps as a table and the rest as a count, or both as one JSON document."""
    from shared.contracts.topics import TOPICS

    unchanged = len(TOPICS) - len({step.topic for step in steps})
    is_apache = _is_apache(options.access)
    if options.json:
        rows = [
            {"topic": step.topic, "what": step.what, "how": _how(step, done=done)} for step in steps
        ]
        document = {
            "steps": rows,
            "done": done,
            "topics": len(TOPICS),
            "unchanged": unchanged,
            "apache_kafka": is_apache,
        }
        print(json.dumps(document, indent=2, ensure_ascii=False))
        return
    _print_table(steps, unchanged, done=done)
    if not is_apache:
        print(
            "This broker is not Apache Kafka: it keeps these settings and may ignore some. The"
            " embedded one ignores message.timestamp.type."
        )


def _print_table(steps: "Sequence[TopicStep]", unchanged: int, *, done: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not steps:
        console.print("Every topic is as its row says.")
        return
    table = Table("topic", "what", "how")
    for step in steps:
        what = DONE[step.what] if done else step.what
        table.add_row(step.topic, what, _how(step, done=done))
    console.print(table)
    if done:
        made = len({step.topic for step in steps if step.what != "refit"})
        console.print(f"{made} topics made as their rows say; {unchanged} were so before.")
    else:
        total = unchanged + len({step.topic for step in steps})
        console.print(f"{unchanged} of {total} topics are as their rows say.")


def _how(step: "TopicStep", *, done: bool) -> str:
    """Return what changes, and before it is done the advice."""
    return step.how if done or not step.advice else f"{step.how}: {step.advice}"


def _is_apache(access: "KafkaAccess") -> bool:
    """Return whether the broker says so; over TLS or SASL it is not asked and taken to be."""
    from sentuh.embedded.wire import ask_broker

    try:
        return access.security != "PLAINTEXT" or ask_broker(access.servers).is_apache
    except (OSError, ValueError):
        return True
