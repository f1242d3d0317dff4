"""The command `sentuh schemas`: JSON Schema of every event and of an output's form."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from sentuh.commands.options import PUBLISH, command
from shared.contracts.errors import SettingError

app = typer.Typer()


@dataclass(frozen=True, kw_only=True)
class SchemasOptions:
    """The options of `sentuh schemas`."""

    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write one file per event here instead of printing."),
    ] = None


@command(app, "schemas", panel=PUBLISH, example="sentuh schemas --out schemas")
def run(options: SchemasOptions) -> int:
    """Print the JSON Schema of every event and of a model output, as one JSON object by type."""
    schema_by_type = schemas_by_type()
    if options.out is None:
        print(json.dumps(schema_by_type, indent=2))
        return 0
    try:
        written = write(options.out, schema_by_type)
    except OSError as error:
        fix = "name a directory you may write to"
        raise SettingError(f"--out {options.out}: {error.strerror}: {fix}") from error
    print(f"{len(written)} schemas in {options.out}")
    return 0


def schemas_by_type() -> dict[str, dict[str, Any]]:
    """Return the schema of each event type, sorted by type."""
    from sentuh.published.schemas import contracts

    return {contract.event_type: contract.schema for contract in contracts()}


def write(out: Path, schema_by_type: dict[str, dict[str, Any]]) -> list[Path]:
    """Write `<type>.schema.json` for each type; equal contents give equal bytes."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schema_by_type.items():
        path = out / f"{name}.schema.json"
        path.write_text(json.dumps(schema, indent=2) + "\n")
        written.append(path)
    return written
