"""The command `sentuh schemas`: JSON Schema of every event and of an output's form."""

import argparse
import json
from pathlib import Path
from typing import Any

from shared.contracts.errors import SettingError


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("schemas", help="JSON Schema of every event and of an output")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write one file per event here, instead of printing"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Print one JSON object of all schemas by event type, or write a file for each."""
    found = schemas()
    if given.out is None:
        print(json.dumps(found, indent=2))
        return 0
    try:
        written = write(given.out, found)
    except OSError as error:
        fix = "name a directory you may write to"
        raise SettingError(f"--out {given.out}: {error.strerror}: {fix}") from error
    print(f"{len(written)} schemas in {given.out}")
    return 0


def schemas() -> dict[str, dict[str, Any]]:
    """Schema by event type, sorted."""
    from sentuh.published.schemas import contracts

    return {contract.event_type: contract.schema for contract in contracts()}


def write(out: Path, found: dict[str, dict[str, Any]]) -> list[Path]:
    """Write `<type>.schema.json` for each; equal contents give equal bytes."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in found.items():
        path = out / f"{name}.schema.json"
        path.write_text(json.dumps(schema, indent=2) + "\n")
        written.append(path)
    return written
