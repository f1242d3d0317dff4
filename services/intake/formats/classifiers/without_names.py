"""Reads numbers that a server sent without the names of their classes, by the catalog's label maps.

The catalog names a model's classes under `models`, in the order in which it puts out their numbers.
Without that nobody can tell which class a number stands for, so the output is refused.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pydantic import JsonValue

from services.intake.catalog.label_maps import LabelMap, label_map_of
from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.payload import PayloadFacts
from shared.contracts.errors import Reason, Refused

SEVERAL = "there are several outputs: send each in a record of its own"
_NESTING_MAX = 8
_SHOWN_MAX = 60


class NoLabelMap(NamedTuple):
    """Stands for a label map that the catalog lacks, of the model of this name and version."""

    model: str | None
    version: str | None
    classes: tuple[str, ...] = ()
    output: str | None = None
    scores: str | None = None


Classes = LabelMap | NoLabelMap


def map_of(envelope: Envelope, *, model: JsonValue = None, version: JsonValue = None) -> Classes:
    """Return the label map of the model that the envelope names, or else the payload.

    Where the catalog has none, that says which name was looked for.
    Example: `model_name: iris` finds `models: {iris: ...}`.
    """
    name = envelope.model or read_as.a_line(model)
    stated = envelope.model_version or _text(version)
    return label_map_of(envelope.label_maps, name, stated) or NoLabelMap(name, stated)


def named(label_map: Classes, where: str) -> LabelMap:
    """Return the label map; raise Refused where the catalog has none for this model."""
    if isinstance(label_map, LabelMap):
        return label_map
    why = f"nothing names the classes of {where}, and {sought(label_map)}"
    fix = "list them in the catalog's `models` by the model's name, and send that name (model)"
    raise Refused(Reason.MISSING, f"models: {why}: {fix}")


def sought(label_map: Classes) -> str:
    """Return, for a refusal, which model's label map was looked for; a long name is cut off.

    Example: `the catalog has no model “iris”`.
    """
    if isinstance(label_map, LabelMap):
        return "the catalog's label map names none of them"
    model, version = label_map.model, label_map.version
    if model is None:
        return "the output names no model"
    every = model if version is None else f"{model}@{version}"
    names = dict.fromkeys(map(_shown, (every, model)))
    return f"the catalog has no model {' or '.join(names)}"


def _shown(name: str) -> str:
    return f"“{name}”" if len(name) <= _SHOWN_MAX else f"“{name[:_SHOWN_MAX]}…”"


def single(value: JsonValue, where: str) -> tuple[JsonValue, str]:
    """Return what lists of one item each hold at last, or a list of several, with its path.

    Example: `[[0.6, 0.4]]` at `$` is `[0.6, 0.4]` at `$[0]`. Raises Refused for an empty list and
    for several lists, which are a batch.
    """
    for _ in range(_NESTING_MAX):
        if not isinstance(value, list):
            return value, where
        if not value:
            raise Refused(Reason.EMPTY_PAYLOAD, f"{where}: is empty: send what the model put out")
        if len(value) > 1:
            return _row(value, where), where
        value, where = value[0], f"{where}[0]"
    raise read_as.bad(f"{where}: is a list within lists: send a row of numbers")


def of_row(
    row: Sequence[JsonValue], label_map: LabelMap, path: Callable[[int], str]
) -> PayloadFacts:
    """Return the facts of a row of numbers, one for each class of the label map, in its order.

    Raises Refused where they are more or fewer. Example: classes `cat` and `dog`, `[0.7, 0.3]`.
    """
    classes = label_map.classes
    if len(row) != len(classes):
        fix = f"send {len(classes)}, for the classes that the catalog lists for the model"
        where = path(0)
        raise read_as.bad(f"{where}: does not begin a row of one number a class: {fix}")
    scores = [read_as.a_score(score, path(at)) for at, score in enumerate(row)]
    if label_map.scores != "logit":
        return read_as.classified(list(zip(classes, scores, strict=True)), path, whole=True)
    if not all(map(math.isfinite, scores)):
        raise read_as.bad(f"{path(0)}: a logit is no number: send finite numbers")
    facts = read_as.classified(list(zip(classes, softmax(scores), strict=True)), path, whole=True)
    return facts._replace(confidence=facts.confidence.model_copy(update={"scale": "logit"}))


def softmax(logits: Sequence[float]) -> list[float]:
    """Return the probabilities of finite logits. Example: `[0, 0]` gives `[0.5, 0.5]`."""
    high = max(logits)
    powers = [math.exp(logit - high) for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def of_one(value: JsonValue, label_map: Classes, where: str) -> PayloadFacts:
    """Return the facts of a lone value: a class by its name or number, or one probability.

    A name or number says nothing of how sure the model was, so people see the output. Raises
    Refused for a number that the label map gives no meaning.
    Example: 2 is the class `virginica` of `[setosa, versicolor, virginica]`.
    """
    if value is None:
        raise Refused(Reason.EMPTY_PAYLOAD, f"{where}: is null: send what the model put out")
    if isinstance(value, (str, bool)):
        return _labelled(read_as.a_label(value, where), where)
    number, known = read_as.a_number(value, where), named(label_map, where)
    if known.scores == "second_class":
        if not -read_as.ROUNDING <= number <= 1 + read_as.ROUNDING:
            raise read_as.bad(f"{where}: send the probability of the second class, on 0..1")
        rows = list(zip(known.classes, (1 - number, number), strict=True))
        return read_as.classified(rows, lambda _: where, whole=True)
    if not number.is_integer():
        fix = "send one for each class, or say `scores: second_class` in the catalog"
        raise read_as.bad(f"{where}: is a lone number: {fix}")
    return _labelled(_numbered(int(number), known.classes, where), where)


def _labelled(label: str, where: str) -> PayloadFacts:
    return PayloadFacts(answer=label, confidence=read_as.absent("not_stated", where))


def _numbered(number: int, classes: Sequence[str], where: str) -> str:
    """Return the class with this number, or of this name where all names are such numbers.

    Raises Refused where both would be classes, and two different ones.
    """
    by_place = classes[number] if 0 <= number < len(classes) else None
    by_name = str(number) if str(number) in classes else None
    if by_place is not None and by_name is not None and by_place != by_name:
        fix = "send the probabilities, or name the classes by words"
        raise read_as.bad(f"{where}: may be a class's number or its name: {fix}")
    label = by_name or by_place
    if label is None:
        raise read_as.bad(f"{where}: send the number of a class that the catalog lists")
    return label


def _row(value: list[JsonValue], where: str) -> list[JsonValue]:
    if any(isinstance(item, (list, dict)) for item in value):
        raise read_as.bad(f"{where}: {SEVERAL}")
    return value


def _text(version: JsonValue) -> str | None:
    if isinstance(version, int) and not isinstance(version, bool) and abs(version) < 10**18:
        return str(version)
    return read_as.a_line(version)
