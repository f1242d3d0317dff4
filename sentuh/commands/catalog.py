"""The command `sentuh catalog check FILE`: every fault by file, line, field and fix."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentuh.commands.options import OPERATE, JsonDocument, command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.intake.catalog import Catalog, Problem

app = typer.Typer(
    name="catalog",
    help="Check the file of task types, skills and rate cards.",
    epilog="Example: sentuh catalog check deploy/catalog.yaml",
    rich_help_panel=OPERATE,
)


@dataclass(frozen=True, kw_only=True)
class CheckCatalogOptions:
    """The argument and the option of `sentuh catalog check`."""

    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The catalog, such as deploy/catalog.yaml.")
    ]
    json: JsonDocument = False


@command(app, "check", example="sentuh catalog check deploy/catalog.yaml")
def run_check(options: CheckCatalogOptions) -> int:
    """Name every fault of a catalog file and its files of golds, or say what the catalog holds.

    Exit code 1 if the file has a fault.
    """
    from services.intake.catalog import CatalogError, load

    try:
        catalog = load(options.file)
    except CatalogError as error:
        return _refused(options, error.problems)
    problems = _of_golds(options.file, catalog)
    if problems:
        return _refused(options, problems)
    print(_summary_as_json(options.file, catalog) if options.json else _line(options.file, catalog))
    return 0


def _of_golds(file: Path, catalog: "Catalog") -> "list[Problem]":
    """Return what is wrong with the files of golds that task types name."""
    from sentuh.golds.file import gold_files, golds_in

    now, files = datetime.now(UTC), gold_files(catalog, file)
    return [
        problem
        for name, path in files.items()
        for problem in golds_in(path, name, catalog, now).problems
    ]


def _refused(options: CheckCatalogOptions, problems: "Sequence[Problem]") -> int:
    if options.json:
        every = [asdict(problem) for problem in problems]
        print(_as_json(options.file, ok=False, problems=every))
    else:
        for problem in problems:
            print(problem)
    return 1


def _line(file: Path, catalog: "Catalog") -> str:
    """Say in one line how much the catalog holds."""
    pools = ", ".join(sorted(catalog.pools))
    return (
        f"{file}: {len(catalog.task_types)} task types, {len(catalog.skills)} skills,"
        f" {len(catalog.rate_cards)} rate cards, pools {pools}; digest {catalog.digest[:12]}"
    )


def _summary_as_json(file: Path, catalog: "Catalog") -> str:
    return _as_json(
        file,
        ok=True,
        task_types=sorted(catalog.task_types),
        skills=sorted(catalog.skills),
        rate_cards=sorted(catalog.rate_cards),
        pools=sorted(catalog.pools),
        digest=catalog.digest,
    )


def _as_json(file: Path, **facts: object) -> str:
    return json.dumps({"file": str(file), **facts}, indent=2, ensure_ascii=False)
