"""The command `sentuh trace`: what became of one model output, and why."""

import argparse
import asyncio
from typing import Any

from sentuh.commands import options


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("trace", help="what became of one model output, step by step")
    parser.add_argument("--source", required=True, metavar="S", help="the output's source, as sent")
    parser.add_argument("--id", required=True, metavar="I", help="its id within that source")
    options.add_broker(parser)
    parser.add_argument(
        "--places",
        action="store_true",
        help="also say where each step stands: topic[partition]@offset, and its event's id",
    )
    parser.add_argument("--json", action="store_true", help="print the story as JSON")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Tell the story; 1 where the output was refused."""
    from sentuh.trace import show, trace

    broker, names = options.broker(given), options.names(given)
    story = asyncio.run(trace(broker, names, (given.source, given.id)))
    if given.json:
        print(story.as_json())
    else:
        show(story, places=given.places)
    return int(story.state == "refused")
