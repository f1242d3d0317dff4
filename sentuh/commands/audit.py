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
    parser.add_argument("--redis", metavar="URL", help="compare what Redis holds too")
    parser.add_argument(
        "--allow-open",
        action="store_true",
        help="work goes on meanwhile: what is not finished yet breaks nothing",
    )
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Audit and print; 0 only if nothing is broken."""
    from sentuh.audit import audit, read_sent, show

    sent = read_sent(given.sent) if given.sent else None
    broker, names = options.broker(given), options.names(given)
    report = asyncio.run(
        audit(broker, names, sent=sent, redis=given.redis, allow_open=given.allow_open)
    )
    if given.json:
        print(report.as_json())
    else:
        show(report)
    return 0 if report.ok else 1
