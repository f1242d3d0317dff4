"""The command `sentuh dashboards`: Grafana's dashboards as files to provision."""

import argparse
from pathlib import Path
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("dashboards", help="Grafana's dashboards, as files to provision")
    parser.add_argument(
        "--out", type=Path, default=Path("deploy/grafana/dashboards"), help="the folder to fill"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Write a file for each."""
    from sentuh.published.dashboards import BOARDS

    given.out.mkdir(parents=True, exist_ok=True)
    for board in BOARDS:
        path = given.out / f"{board.name}.json"
        path.write_text(board.as_text())
        print(path)
    return 0
