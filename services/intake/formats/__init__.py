"""Finds the format of a model's payload (one file for each format) and reads it."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import chain

from pydantic import JsonValue

from services.intake.catalog.format_names import LISTING, fix_of_name
from services.intake.envelope import Envelope
from services.intake.formats import (
    added,
    beside_answer,
    chat,
    classifiers,
    datasets,
    other_formats,
    pipelines,
    sentuh_output,
    speech,
)
from services.intake.formats.payload import Format
from shared.contracts.errors import Reason, Refused, SettingError
from shared.contracts.events.parts import Output

_ADDED = added.loaded()
_OUR_OWN = (sentuh_output.FORMAT,)
FORMATS: Mapping[str, Format] = {
    known.name: known
    for known in chain(
        _OUR_OWN, chat.FORMATS, pipelines.FORMATS, speech.FORMATS, classifiers.FORMATS,
        datasets.FORMATS, _ADDED.formats,
    )
}  # fmt: skip
_LISTS = tuple(known for known in FORMATS.values() if known.lists)
_ITEM_MARKS = frozenset(chain.from_iterable(known.item_marks for known in _LISTS))
_BARE = tuple(known for known in FORMATS.values() if known.bare)
_MARKS = frozenset(chain.from_iterable(known.marks for known in FORMATS.values()))


def check_added() -> None:
    """Raise SettingError if a format of an installed package cannot be used, with each fix."""
    if _ADDED.problems:
        raise SettingError("; ".join(_ADDED.problems))


def choose(declared: str | None, payload: JsonValue) -> Format:
    """Return the format named `declared`, or without one the format that the payload looks like.

    Raises Refused for an unknown name, or if the payload looks like no format or several: a guess
    could be wrong, and nobody would notice.
    Example: `choose(None, {"object": "chat.completion", ...})` is `openai.chat`.
    """
    if declared is not None:
        if declared in FORMATS:
            return FORMATS[declared]
        raise Refused(
            Reason.UNKNOWN_FORMAT, f"format: it is none that is taken: {fix_of_name(declared)}"
        )
    alike = _looks(payload)
    if len(alike) == 1:
        return alike[0]
    if alike:
        names = " and ".join(candidate.name for candidate in alike)
        raise Refused(Reason.AMBIGUOUS_FORMAT, f"format: it looks like {names}: declare it")
    raise Refused(Reason.UNKNOWN_FORMAT, f"format: {_unknown(payload)}")


def _looks(payload: JsonValue) -> list[Format]:
    """Return the formats that the payload looks like; the others are told by their marks alone."""
    if not isinstance(payload, dict):
        return [known for known in _listing(payload) if known.recognises(payload)]
    marked = _marked(frozenset(payload.keys() & _MARKS))
    alike = [known for known in marked if known.recognises(payload)]
    return alike or [known for known in _BARE if known.recognises(payload)]


@lru_cache(maxsize=1024)
def _marked(marks: frozenset[str]) -> tuple[Format, ...]:
    return tuple(known for known in FORMATS.values() if not marks.isdisjoint(known.marks))


def _listing(payload: JsonValue) -> tuple[Format, ...]:
    """Return the formats in which this list may be, by the first object in it."""
    first = payload
    while isinstance(first, list) and first:
        first = first[0]
    if not isinstance(first, dict):
        return _LISTS
    return _items_marked(frozenset(first.keys() & _ITEM_MARKS))


@lru_cache(maxsize=1024)
def _items_marked(marks: frozenset[str]) -> tuple[Format, ...]:
    return tuple(
        known for known in _LISTS if not known.item_marks or not marks.isdisjoint(known.item_marks)
    )


def _unknown(payload: JsonValue) -> str:
    if _is_batch(payload):
        fix = "send one record for each output"
        if isinstance(payload, list) and len(payload) == 1:
            return f"it is one output within a list: {fix}, without the list"
        return f"it looks like several outputs together: {fix}"
    named = other_formats.name_of(payload)
    if named is not None:
        return f"it looks like {named}; {LISTING}: convert it"
    fix = "declare its `format` in our envelope, or convert it"
    return f"it looks like none that is taken: {fix}; {LISTING}"


def _is_batch(payload: JsonValue) -> bool:
    """Whether the payload is several outputs: a list of them, or an object with one list only.

    A list in the field `outputs` always counts. In another field each item must be our envelope or
    a CloudEvent, since other items may be parts of a single output, such as segments.
    Example: `{"outputs": [1, 2]}` does, `{"segments": [{"start": 0}]}` does not.
    """
    if isinstance(payload, dict):
        [(name, items), *more] = payload.items() or [("", None)]
        return not more and _all(items, lambda item: name == "outputs" or _is_wrapped(item))
    return _all(payload, lambda item: _is_wrapped(item) or _is_known(item))


def _all(items: JsonValue, what: Callable[[JsonValue], bool]) -> bool:
    return isinstance(items, list) and bool(items) and all(map(what, items))


def _is_wrapped(item: JsonValue) -> bool:
    """Whether the item is in our envelope (field `response`) or a CloudEvent (`specversion`)."""
    return isinstance(item, dict) and ("response" in item or "specversion" in item)


def _is_known(item: JsonValue) -> bool:
    return isinstance(item, (dict, list)) and bool(_looks(item))


def read_output(envelope: Envelope) -> Output:
    """Return the output of an envelope in the common form for all formats.

    Raises Refused if the payload's format is unknown or the payload breaks it.
    """
    read = choose(envelope.format, envelope.payload).read(envelope)
    return beside_answer.checked(read, envelope.payload)
