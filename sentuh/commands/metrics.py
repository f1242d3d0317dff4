"""The command `sentuh metrics`: the page of all metrics, from the code that makes them."""

import argparse
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("metrics", help="every metric: what it means, what a rise means")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Print the page."""
    from sentuh.published.metrics_page import page

    print(page(), end="")
    return 0
