"""The command `sentuh audit`: reads every topic, says which invariants hold."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sentuh.commands.options import LOOK, BrokerOptions, OptionalValue, command, flag

app = typer.Typer()

WATCH = "With --watch"


@dataclass(frozen=True, kw_only=True)
class AuditOptions(BrokerOptions):
    """The options of `sentuh audit`."""

    sent: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The publisher's own list of what it sent, one JSON object {source, id} a line:"
            " the other side of invariant 1.",
        ),
    ] = None
    redis: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Compare what Redis holds too. Without URL: SENTUH_REDIS_URL, or the file that"
            " SENTUH_REDIS_URL_FILE names, so that no password stands on a command line.",
        ),
    ] = None
    allow_open: Annotated[
        bool,
        flag("--allow-open", "Work goes on meanwhile: what is not finished yet breaks nothing."),
    ] = False
    json: Annotated[bool, flag("--json", "Print the whole report as one JSON document.")] = False
    watch: Annotated[
        bool,
        flag(
            "--watch",
            "Never end: follow the topics, and expose lost, stuck and double-paid on /metrics.",
            WATCH,
        ),
    ] = False
    host: Annotated[str, typer.Option(help="Where /metrics listens.", rich_help_panel=WATCH)] = (
        "127.0.0.1"
    )
    port: Annotated[int, typer.Option(help="Its port.", rich_help_panel=WATCH)] = 8105
    every: Annotated[
        float, typer.Option(metavar="SECONDS", help="How often to look.", rich_help_panel=WATCH)
    ] = 10.0
    grace: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            help="How long a next step may take before it is overdue.",
            rich_help_panel=WATCH,
        ),
    ] = 300.0


@command(
    app,
    "audit",
    panel=LOOK,
    example="sentuh audit --kafka localhost:9092 --allow-open",
    cls=OptionalValue,
)
def run(options: AuditOptions) -> int:
    """Check over all topics what must always hold: nothing lost, nobody paid twice.

    Exit code 1 if an invariant is broken.
    """
    if options.watch:
        return _watch(options)
    from sentuh.audit import audit, read_sent, show
    from sentuh.broker.connection import redis_access

    sent = read_sent(options.sent) if options.sent else None
    access, names = options.access, options.names
    redis = None if options.redis is None else redis_access(options.redis)
    report = asyncio.run(
        audit(access, names, sent=sent, redis=redis, allow_open=options.allow_open)
    )
    if options.json:
        print(report.as_json())
    else:
        show(report)
    return 0 if report.ok else 1


def _watch(options: AuditOptions) -> int:
    """Follow the topics until the process is told to end."""
    from sentuh.audit.watch import Watching, watch

    watching = Watching(
        bootstrap=options.access,
        names=options.names,
        host=options.host,
        port=options.port,
        every_seconds=options.every,
        grace_seconds=options.grace,
    )
    return watch(watching)
