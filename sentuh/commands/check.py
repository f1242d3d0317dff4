"""The command `sentuh check FILE…`: what intake would say of model outputs, offline."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sentuh.commands.options import PUBLISH, JsonDocument, command, flag
from shared.contracts.errors import SettingError

app = typer.Typer()


@dataclass(frozen=True, kw_only=True)
class CheckOptions:
    """The arguments and options of `sentuh check`."""

    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE...",
            help="JSON, JSON lines, records with headers as `sentuh dead-letters --json --show` or"
            " `kcat -J` print them, or - for the standard input.",
        ),
    ] = None
    catalog: Annotated[
        Path,
        typer.Option(
            metavar="FILE", envvar="SENTUH_INTAKE_CATALOG_FILE", help="The task types to check by."
        ),
    ] = Path("deploy/catalog.yaml")
    schema: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The Avro schema (.avsc) that records in Avro are written by."
        ),
    ] = None
    json: JsonDocument = False
    format_help: Annotated[
        bool,
        flag("--format-help", "List the formats with an example each; of one FORMAT all there is."),
    ] = False


@command(
    app, "check", panel=PUBLISH, example="sentuh check output.json --catalog deploy/catalog.yaml"
)
def run(options: CheckOptions) -> int:
    """Say what intake would do with model outputs, and why: no broker is needed.

    Exit code 1 if one of them would be refused.
    """
    from sentuh.check.formats_table import check_added

    check_added()
    if options.format_help:
        _help_with_formats([str(name) for name in options.files or []])
        return 0
    if not options.files:
        raise SettingError("FILE: name a file of model outputs, or - for the standard input")
    from sentuh.check import Checker, read_sent_files
    from sentuh.check.table import show
    from services.intake.catalog import CatalogError, load

    avro = None if options.schema is None else _text_of(options.schema)
    try:
        checker = Checker(load(options.catalog), avro)
    except CatalogError as error:
        fix = f"sentuh catalog check {options.catalog}"
        raise SettingError(f"--catalog: {error.problems[0]}: see `{fix}`") from error
    every = [checker.check(one.where, one.record) for one in read_sent_files(options.files)]
    if options.json:
        print(json.dumps([checked.as_json() for checked in every], indent=2, ensure_ascii=False))
    else:
        show(every)
    return 1 if any(checked.became == "refused" for checked in every) else 0


def _text_of(schema: Path) -> str:
    try:
        return schema.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"--schema {schema} cannot be read: name a file of JSON") from error


def _help_with_formats(names: list[str]) -> None:
    from sentuh.check.formats_table import show_formats

    if not names:
        show_formats(None)
    for name in names:
        show_formats(name)
