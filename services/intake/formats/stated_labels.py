"""Compares a label that a program states beside the scores of all labels with the best of them."""

from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from services.intake.formats import payload as read_as
from services.intake.formats.payload import PayloadFacts
from shared.contracts.events.parts import Confidence
from shared.contracts.strictjson import JsonObject

NAMES = (
    "label", "prediction", "predicted", "predicted_label", "predictedLabel", "predicted_class",
    "predictedClass", "predict", "pred", "y_pred", "class", "class_label", "class_id",
    "output_label", "answer",
)  # fmt: skip
"""How programs call the label that they decided for."""
_NAMES = frozenset(NAMES)
_NESTING_MAX = 8


def compared(
    facts: PayloadFacts, beside: JsonObject, where: str, *, classes: Iterable[str] = ()
) -> PayloadFacts:
    """Return the facts, without their confidence where a label beside them is not the best one.

    `beside` are the fields at `where`, by name; `classes` all labels in the order of their numbers,
    if it is not that of the facts. Labels go by their names or numbers. A number that is not whole
    is a score, and no label.
    Example: `cat` 0.7 and `dog` 0.3 beside `label: dog` have no confidence that counts.
    """
    if _NAMES.isdisjoint(beside) or facts.confidence.status != "ok" or not facts.labels:
        return facts
    named = [(name, stated) for name in NAMES if (stated := _inner(beside.get(name))) is not None]
    if not named:
        return facts
    high = max(row.score for row in facts.labels)
    best = {row.label for row in facts.labels if row.score == high}
    numbered = tuple(classes) or tuple(row.label for row in facts.labels)
    for name, stated in named:
        meant = set(_meant(stated, numbered))
        if meant and meant.isdisjoint(best):
            return facts._replace(confidence=other_label(f"{where}.{name}"))
    return facts


def other_label(path: str) -> Confidence:
    """Return that the label at `path` is not the one that the scores beside it make the best."""
    detail = "the label is not the best of the scores beside it"
    return read_as.absent("other_tokens", path, detail)


def _inner(value: JsonValue) -> JsonValue:
    """Return what lists of one item hold at last; None for a list of several, and for an object."""
    for _ in range(_NESTING_MAX):
        if not isinstance(value, list):
            break
        value = value[0] if len(value) == 1 else None
    return None if isinstance(value, (list, dict)) else value


def _meant(stated: JsonValue, classes: tuple[str, ...]) -> Iterator[str]:
    """Yield the class that is meant: by its name, or else by its number; nothing for a score."""
    if isinstance(stated, bool):
        name = "true" if stated else "false"
        yield name if name in classes else _by_number(int(stated), classes) or name
    elif isinstance(stated, float) and not stated.is_integer():
        return
    elif isinstance(stated, (int, float)):
        names = {str(stated), repr(stated), str(int(stated))} if abs(stated) < 10**18 else set()
        own = names & set(classes)
        yield from own or [_by_number(int(stated), classes) or str(stated)] if names else [""]
    elif isinstance(stated, str):
        by_number = _by_number(int(stated), classes) if _is_number(stated) else None
        yield stated if stated in classes or by_number is None else by_number


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(read_as.LABELS_MAX))


def _by_number(number: int, classes: tuple[str, ...]) -> str | None:
    return classes[number] if 0 <= number < len(classes) else None
