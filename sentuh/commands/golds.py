"""The commands `sentuh golds list|publish|suspend|resume|remove`: questions of known answers."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentuh.commands.options import OPERATE, BrokerOptions, JsonDocument, command, flag
from shared.contracts.topics import GOLDS, PLACEMENTS, VERDICTS, Topic

if TYPE_CHECKING:
    from sentuh.golds import GoldsStanding
    from sentuh.golds.file import GoldsOfType

app = typer.Typer(
    name="golds",
    help="Publish questions whose right answers are known, and see how people answer them.",
    epilog="Example: sentuh golds list --kafka localhost:9092",
    rich_help_panel=OPERATE,
)

OfType = Annotated[
    str | None, typer.Option("--type", metavar="TYPE", help="Only of this task type.")
]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of listed golds.")]


@dataclass(frozen=True, kw_only=True)
class ListGoldsOptions(BrokerOptions):
    """The options of `sentuh golds list`."""

    type: OfType = None
    json: JsonDocument = False


@dataclass(frozen=True, kw_only=True)
class PublishGoldsOptions(BrokerOptions):
    """The argument and options of `sentuh golds publish`."""

    file: Annotated[
        Path, typer.Argument(metavar="CATALOG", help="The catalog, whose task types name golds.")
    ]
    type: OfType = None
    dry_run: Annotated[
        bool, flag("--dry-run", "Say what would be published, and publish nothing.")
    ] = False


@dataclass(frozen=True, kw_only=True)
class NamedGoldsOptions(BrokerOptions):
    """The arguments and option of `sentuh golds resume` and `remove`."""

    ids: Ids
    type: OfType = None


@dataclass(frozen=True, kw_only=True)
class SuspendGoldsOptions(NamedGoldsOptions):
    """The arguments and options of `sentuh golds suspend`."""

    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why, for whoever lists golds.")
    ] = None


@command(app, "list", example="sentuh golds list --kafka localhost:9092 --type digits")
def run_list(options: ListGoldsOptions) -> int:
    """Show each gold: how often it was placed, what people answered, whether it is asked.

    Exit code 1 if people contradict one. It reads `golds`, `placements` and `verdicts`, as the
    auditor may.
    """
    from sentuh.golds.table import show

    standing = asyncio.run(_standing(options, GOLDS, PLACEMENTS, VERDICTS))
    rows = [row for row in standing.rows() if options.type in (None, row.task_type)]
    if options.json:
        print(json.dumps([row.as_json() for row in rows], indent=2, ensure_ascii=False))
    else:
        show(rows)
    return int(any(row.state == "contradicted" for row in rows))


@command(app, "publish", example="sentuh golds publish deploy/catalog.yaml --dry-run")
def run_publish(options: PublishGoldsOptions) -> int:
    """Publish the golds of the catalog's task types: those that are new or say something else.

    Exit code 1 if a file has a fault: then nothing is published.
    """
    from sentuh.golds.changes import as_records, changed
    from sentuh.golds.publishing import publish

    now = datetime.now(UTC)
    files = _files(options.file, options.type, now)
    problems = [problem for one in files for problem in one.problems]
    if problems:
        print("\n".join(map(str, problems)))
        return 1
    standing = asyncio.run(_standing(options, GOLDS))
    golds = [gold for one in files for gold in one.golds]
    new = changed(golds, standing.listed, now)
    if not options.dry_run:
        asyncio.run(publish(options.access, as_records(new, options.names)))
    said = "to publish" if options.dry_run else "published"
    print(f"Golds {said}: {len(new)}; listed as they are: {len(golds) - len(new)}.")
    return 0


@command(app, "suspend", example="sentuh golds suspend g-7 --reason 'two answers are right'")
def run_suspend(options: SuspendGoldsOptions) -> int:
    """Take golds out: nobody is asked them, until they are resumed."""
    return _flag(options, suspended=True, reason=options.reason)


@command(app, "resume", example="sentuh golds resume g-7")
def run_resume(options: NamedGoldsOptions) -> int:
    """Let golds be asked again, those too that people had contradicted.

    Look at their answers first: what is right stands in the catalog's file.
    """
    return _flag(options, suspended=False)


@command(app, "remove", example="sentuh golds remove g-7 g-8 --type digits")
def run_remove(options: NamedGoldsOptions) -> int:
    """Take golds back for good. Take them out of the file too, or they are published again."""
    from sentuh.golds import named_golds, publish, taken_back

    standing = asyncio.run(_standing(options, GOLDS))
    golds = named_golds(options.ids, standing.listed, options.type)
    records = taken_back(golds, options.names)
    asyncio.run(publish(options.access, records))
    print(f"Golds taken back: {len(records)}.")
    return 0


def _flag(options: NamedGoldsOptions, *, suspended: bool, reason: str | None = None) -> int:
    from sentuh.golds.changes import as_records, flagged, named_golds
    from sentuh.golds.publishing import publish

    standing = asyncio.run(_standing(options, GOLDS))
    named = named_golds(options.ids, standing.listed, options.type)
    golds = flagged(named, datetime.now(UTC), suspended=suspended, reason=reason)
    asyncio.run(publish(options.access, as_records(golds, options.names)))
    print(f"Golds {'suspended' if suspended else 'resumed'}: {len(golds)}.")
    return 0


def _files(catalog_file: Path, task_type: str | None, now: datetime) -> "Sequence[GoldsOfType]":
    """Read the files of golds that the catalog names; SettingError where it names none."""
    from sentuh.golds.file import golds_of
    from shared.contracts.errors import SettingError

    files = [one for one in golds_of(catalog_file, now) if task_type in (None, one.task_type)]
    if not files:
        what = "no task type has golds" if task_type is None else f"{task_type} is none with golds"
        fix = f"add golds: FILE to a task type, then sentuh catalog check {catalog_file}"
        raise SettingError(f"{catalog_file}: {what}: {fix}")
    return files


async def _standing(options: BrokerOptions, *rows: Topic) -> "GoldsStanding":
    from sentuh.golds.reading import read_standing

    return await read_standing(options.access, options.names, rows)
