"""The command `sentuh catalog check FILE`: every fault by file, line, field and fix."""

import argparse
from pathlib import Path
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("catalog", help="task types, skills and rate cards")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    check = actions.add_parser("check", help="name every fault of a file; 1 if any")
    check.add_argument("file", type=Path, help="the catalog, such as deploy/catalog.yaml")
    check.set_defaults(run=run_check)


def run_check(given: argparse.Namespace) -> int:
    """Print what is wrong, or what the catalog holds."""
    from services.intake.catalog import CatalogError, load

    try:
        catalog = load(given.file)
    except CatalogError as error:
        for problem in error.problems:
            print(problem)
        return 1
    pools = ", ".join(sorted(catalog.pools))
    print(
        f"{given.file}: {len(catalog.task_types)} task types, {len(catalog.skills)} skills,"
        f" {len(catalog.rate_cards)} rate cards, pools {pools}; digest {catalog.digest[:12]}"
    )
    return 0
