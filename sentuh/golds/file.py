"""Reads a task type's file of golds, or names every fault in it with its line and its fix.

Each gold is read as intake reads an output of that task type, so that what people are shown of one
is what they are shown of any.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from sentuh.check import Checker
from services.intake.catalog import Catalog, CatalogError, Problem, load
from services.intake.catalog.file import Document, FieldPath, read
from shared.contracts.envelope import json_of
from shared.contracts.errors import SettingError
from shared.contracts.events.golds import (
    GOLDS_MAX,
    KEPT_FROM_MAX,
    NONCE_MAX,
    PEOPLE_MAX,
    GoldListed,
)
from shared.contracts.events.model import Id
from shared.contracts.events.parts import Output
from shared.contracts.question import Answer
from shared.contracts.record import Record
from shared.contracts.topics import GOLDS, MODEL_OUTPUTS

OUTPUT_FIELDS = ("response", "request", "context", "media", "format")
"""Fields of a gold that are those of our envelope; `format` is sentuh.output if left out."""
FIELDS = ("id", "truth", *OUTPUT_FIELDS, "not_for")
PLACED_MAX = 20
"""Times that one gold is asked, unless the task type says otherwise."""
_ID: TypeAdapter[str] = TypeAdapter(Id)
_Fault = tuple[FieldPath, str, str]


class GoldsOfType(NamedTuple):
    """The golds of one task type's file, and what is wrong with it."""

    task_type: str
    golds: tuple[GoldListed, ...]
    problems: tuple[Problem, ...]


def golds_of(catalog_file: Path, now: datetime) -> list[GoldsOfType]:
    """Return the golds of every task type of a catalog that names a file of them.

    Raises SettingError for a catalog that cannot be used.
    """
    try:
        catalog = load(catalog_file)
    except CatalogError as error:
        fix = f"sentuh catalog check {catalog_file}"
        raise SettingError(f"{error.problems[0]}: see `{fix}`") from error
    files = gold_files(catalog, catalog_file)
    return [golds_in(path, name, catalog, now) for name, path in files.items()]


def gold_files(catalog: Catalog, beside: Path) -> Mapping[str, Path]:
    """Return the file of golds of each task type that names one; `beside` is the catalog's file.

    Example: `golds: animals.golds.yaml` is looked for in the folder of the catalog.
    """
    rows = catalog.task_types.items()
    return {name: beside.parent / row.golds for name, row in rows if row.golds is not None}


def golds_in(path: Path, task_type: str, catalog: Catalog, now: datetime) -> GoldsOfType:
    """Return the golds of a file, each with the revision 1, and every problem in it.

    Example: a truth that is no option of the task type: a problem with its line and the options.
    """
    try:
        document = read(path)
    except CatalogError as error:
        return GoldsOfType(task_type, (), tuple(error.problems))
    entries = document.data
    if not isinstance(entries, list) or not entries:
        fix = "list them, each with id, truth and response"
        return GoldsOfType(task_type, (), (document.problem((), "holds no list of golds", fix),))
    reader = _GoldReader(task_type, catalog, now)
    golds: list[GoldListed] = []
    faults: list[_Fault] = list(_of_all(entries))
    for at, entry in enumerate(entries):
        gold, wrong = reader.read(entry)
        faults += [((at, *field), fault, fix) for field, fault, fix in wrong]
        golds += [] if gold is None else [gold]
    return GoldsOfType(task_type, tuple(golds), tuple(_problems(document, faults)))


def _problems(document: Document, faults: list[_Fault]) -> list[Problem]:
    found = [*document.twice, *(document.problem(*fault) for fault in faults)]
    return sorted(found, key=lambda problem: (problem.line, problem.field))


def _of_all(entries: list[Any]) -> Iterator[_Fault]:
    """Yield what is wrong with the list as a whole: too many, or two with one id."""
    if len(entries) > GOLDS_MAX:
        fault = f"is number {GOLDS_MAX + 1} of {len(entries)}"
        yield (GOLDS_MAX,), fault, f"keep {GOLDS_MAX}: more are not asked"
    first: dict[str, int] = {}
    for at, entry in enumerate(entries):
        name = str(entry.get("id")) if isinstance(entry, dict) else None
        if name is not None and first.setdefault(name, at) != at:
            yield (at, "id"), f"{name} is the id of another gold too", "give each one of its own"


class _GoldReader:
    """Reads the golds of one task type, as intake reads its outputs."""

    def __init__(self, task_type: str, catalog: Catalog, now: datetime) -> None:
        self._name = task_type
        self._row = catalog.task_type(task_type)
        self._checker = Checker(catalog)
        self._now = now

    def read(self, entry: object) -> tuple[GoldListed | None, list[_Fault]]:
        """Return the gold of an entry, or what is wrong with it, by field."""
        if not isinstance(entry, dict):
            return None, [((), "is no gold", "write its fields, as {id, truth, response}")]
        faults = list(_shape(entry))
        if faults:
            return None, faults
        checked = self._checker.check("", self._record(entry))
        if checked.detail is not None or checked.output is None:
            fix = checked.detail or "send it as an output of this task type"
            return None, [(("response",), "is no output of this task type", fix)]
        output = Output.model_validate(checked.output)
        faults = list(self._against_the_question(entry, output))
        return (None, faults) if faults else self._whole(entry, output)

    def _record(self, entry: Mapping[str, Any]) -> Record:
        sent = {name: entry[name] for name in OUTPUT_FIELDS if entry.get(name) is not None}
        named = {"source": "golds", "id": str(entry["id"]), "task_type": self._name}
        value = json.dumps({"format": "sentuh.output", **named, **sent}).encode()
        return Record(MODEL_OUTPUTS.name, 0, 0, None, value, (), 0, topic_id="offline")

    def _against_the_question(self, entry: Mapping[str, Any], output: Output) -> Iterator[_Fault]:
        problem = self._question(output).problem_with(entry["truth"])
        if problem is not None:
            fix = problem.replace("the offer's", "the task type's")
            yield ("truth",), "is no answer to this question", fix
        asked = self._row.asked(output)
        drafted = getattr(self._row, "draft", None) is not None
        if drafted and (asked is None or asked.draft is None):
            fault = "brings no draft, from which people begin here: who has none would see"
            yield ("response",), fault, "add the model's answer, as outputs of this type have it"

    def _question(self, output: Output) -> Any:
        return self._row.asks().about(self._row.asked(output))

    def _whole(
        self, entry: Mapping[str, Any], output: Output
    ) -> tuple[GoldListed | None, list[_Fault]]:
        truth: Answer = self._question(output).canonical(entry["truth"])
        gold = GoldListed(
            pool=self._row.pool,
            at=self._now,
            task_type=self._name,
            gold_id=str(entry["id"]),
            output=output,
            truth=truth,
            people=min(PEOPLE_MAX, self._row.answers.min),
            placed_max=self._row.golds_placed_max or PLACED_MAX,
            not_for=list(entry.get("not_for") or ()),
            nonce=token_hex(NONCE_MAX // 2),
        )
        size = len(json_of(gold))
        if size > GOLDS.size_bytes_max:
            fault = f"comes to {size} bytes, above {GOLDS.size_bytes_max}"
            return None, [(("response",), fault, "shorten it, or send media by reference")]
        return gold, []


def _shape(entry: Mapping[str, Any]) -> Iterator[_Fault]:
    """Yield fields that are missing or not known, and ids that are none."""
    for name in entry:
        if name not in FIELDS:
            near = get_close_matches(str(name), FIELDS, 1)
            fix = f"did you mean {near[0]}?" if near else "remove it"
            yield (str(name),), "is not known here", fix
    for name in ("id", "truth", "response"):
        if entry.get(name) is None:
            yield (), f"has no {name}", "add it"
    if entry.get("id") is not None:
        yield from _id(("id",), entry["id"])
    if entry.get("not_for") is not None:
        yield from _not_for(entry["not_for"])


def _not_for(workers: object) -> Iterator[_Fault]:
    if not isinstance(workers, list) or len(workers) > KEPT_FROM_MAX:
        yield ("not_for",), "is no list", f"list the workers who know it, {KEPT_FROM_MAX} at most"
        return
    for at, worker in enumerate(workers):
        yield from _id(("not_for", at), worker)


def _id(where: FieldPath, value: object) -> Iterator[_Fault]:
    if not isinstance(value, str):
        yield where, f"YAML reads this as {type(value).__name__}, not text", "put it in quotes"
        return
    try:
        _ID.validate_python(value)
    except ValidationError as error:
        yield where, "is no id", error.errors(include_url=False)[0]["msg"]
