"""Checks what a catalog says of second stages: who decides between several answers to one task."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from services.intake.catalog.file import Fault, Value
from services.intake.catalog.rows import Catalog, TaskType
from shared.contracts.questions import KINDS

TOGETHER_SECONDS_MAX = 30 * 86_400
"""From a task's creation to the deadline of its second stage: the topics keep it for that long."""


def faults_of_second_stages(catalog: Catalog, written: Mapping[str, Value]) -> Iterator[Fault]:
    """Yield what is wrong with each task type's `then`, and with gates that are there or missing.

    `catalog` holds the valid fields of the task types, `written` all of them as in the file.
    Example: `then: compare` where no task type has that name.
    """
    decides_for: dict[str, str] = {}
    for name, row in catalog.task_types.items():
        then = row.second_stage() if _is_valid(row) else None
        if then is None:
            continue
        if then not in written:
            yield (
                ("task_types", name, "then"),
                f"there is no task type {then}",
                _like(then, written),
            )
            continue
        decides_for.setdefault(then, name)
        if then in catalog.task_types:
            yield from _together(name, row, then, catalog.task_types[then])
            yield from _paid(catalog, name, then)
    for name, fields in written.items():
        if isinstance(fields, dict):
            yield from _gate(name, fields, decides_for.get(name))
            if name in decides_for and "redact" in fields:
                fault = f"decides for {decides_for[name]}, whose outputs are redacted there"
                yield ("task_types", name, "redact"), fault, f"move it to {decides_for[name]}"


def _is_valid(row: TaskType) -> bool:
    """Whether the row's `then` is valid, or it needs none; an invalid one is reported already."""
    return "then" not in type(row).model_fields or hasattr(row, "then")


def _like(name: str, names: Mapping[str, Value]) -> str:
    near = get_close_matches(name, names, 1)
    return f"did you mean {near[0]}?" if near else "add it to task_types"


def _together(name: str, row: TaskType, then: str, second: TaskType) -> Iterator[Fault]:
    """Yield why the second task type cannot decide for the first."""
    kind = KINDS[second.kind]
    at = ("task_types", name)
    if not kind.ranks:
        kinds = ", ".join(sorted(one.name for one in KINDS.values() if one.ranks))
        fix = f"name a task type of the kind {kinds}"
        yield (*at, "then"), f"{then} is of the kind {kind.name}, which ranks nothing", fix
    if _both(row, second, "pool") and row.pool != second.pool:
        fix = f"name one of the pool {row.pool}"
        yield (*at, "then"), f"{then} is of the pool {second.pool}", fix
    yield from _times(name, row, then, second)
    lacking = set(second.shows) - set(row.shows) if _both(row, second, "shows") else set()
    if lacking:
        fault = f"{then} shows {', '.join(sorted(lacking))}, which this one need not bring along"
        yield (*at, "shows"), fault, f"add it here, or remove it from {then}"


def _times(name: str, row: TaskType, then: str, second: TaskType) -> Iterator[Fault]:
    first_seconds, second_seconds = _seconds(row), _seconds(second)
    together = first_seconds + second_seconds
    if first_seconds and second_seconds and together > TOGETHER_SECONDS_MAX:
        fault = f"comes to {together} seconds with that of {then}, above {TOGETHER_SECONDS_MAX}"
        fix = f"shorten one of the two by {together - TOGETHER_SECONDS_MAX}"
        yield ("task_types", name, "times", "task_seconds"), fault, fix


def _paid(catalog: Catalog, name: str, then: str) -> Iterator[Fault]:
    """Yield pay by the minute of a recording that the first task need not bring along."""
    row, second = catalog.task_types[name], catalog.task_types[then]
    card = catalog.rate_cards.get(getattr(second, "rate_card", ""))
    brought = getattr(row, "shows", ("media",))  # not valid, it is reported already
    if getattr(card, "per", None) == "audio_minute" and "media" not in brought:
        fault = f"{then} is paid by the minute of a recording, which this one need not bring along"
        yield ("task_types", name, "shows"), fault, f"add media here, or pay {then} otherwise"


def _seconds(row: TaskType) -> int:
    """Return the task's time in seconds; 0 where it is not valid, which is reported already."""
    return getattr(getattr(row, "times", None), "task_seconds", 0)


def _both(row: TaskType, second: TaskType, field: str) -> bool:
    """Whether both have this field; an invalid one is missing, and reported already."""
    return hasattr(row, field) and hasattr(second, field)


def _gate(name: str, fields: Mapping[str, Value], first: str | None) -> Iterator[Fault]:
    """Yield a gate where all is to be asked, and a missing one where outputs come from models."""
    if first is None and "gate" not in fields:
        yield ("task_types", name, "gate"), "is missing", "add it"
    elif first is not None and "gate" in fields:
        fault = f"stands before the second stage of {first}, of which people see everything"
        yield ("task_types", name, "gate"), fault, "remove it"
