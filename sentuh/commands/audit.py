"""The command `sentuh audit`: reads every topic, says which invariants hold."""

import argparse
import asyncio
from pathlib import Path
from typing import Any

from sentuh.commands import options


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("audit", help="what must always hold, checked over the topics")
    options.add_broker(parser)
    parser.add_argument(
        "--sent",
        type=Path,
        metavar="FILE",
        help="what the publisher sent, one JSON object {source, id} a line: the other side of 1",
    )
    parser.add_argument(
        "--redis",
        nargs="?",
        const="",
        metavar="URL",
        help=f"compare what Redis holds too (without URL: {options.REDIS}, or the file that"
        f" {options.REDIS}_FILE names, so that no password stands on a command line)",
    )
    parser.add_argument(
        "--allow-open",
        action="store_true",
        help="work goes on meanwhile: what is not finished yet breaks nothing",
    )
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    _add_watch(parser)
    parser.set_defaults(run=run)


def _add_watch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--watch",
        action="store_true",
        help="never end: follow the topics, and expose lost, stuck and double-paid on /metrics",
    )
    parser.add_argument("--host", default="127.0.0.1", help="with --watch: where /metrics listens")
    parser.add_argument("--port", type=int, default=8105, help="with --watch: its port")
    parser.add_argument(
        "--every",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="with --watch: how often to look",
    )
    parser.add_argument(
        "--grace",
        type=float,
        default=300.0,
        metavar="SECONDS",
        help="with --watch: how long a next step may take before it is overdue",
    )


def run(given: argparse.Namespace) -> int:
    """Audit and print; 0 only if nothing is broken."""
    if given.watch:
        return _watch(given)
    from sentuh.audit import audit, read_sent, show

    sent = read_sent(given.sent) if given.sent else None
    broker, names = options.broker(given), options.names(given)
    redis = None if given.redis is None else options.redis(given.redis)
    report = asyncio.run(audit(broker, names, sent=sent, redis=redis, allow_open=given.allow_open))
    if given.json:
        print(report.as_json())
    else:
        show(report)
    return 0 if report.ok else 1


def _watch(given: argparse.Namespace) -> int:
    from sentuh.audit.watch import Watching, watch

    watching = Watching(
        bootstrap=options.broker(given),
        names=options.names(given),
        host=given.host,
        port=given.port,
        every_seconds=given.every,
        grace_seconds=given.grace,
    )
    return watch(watching)
