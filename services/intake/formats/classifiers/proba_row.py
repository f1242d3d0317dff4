"""The format `proba.row`: one row of numbers, as `predict_proba` or a booster gives it.

`[[0.6, 0.4]]` or `[0.6, 0.4]`, in the order of the model's classes, which the catalog's label map
names; so the envelope must name the model. A lone number is the probability of the second of two
classes where the label map says so (XGBoost's and LightGBM's boosters), and else a class by its
number. Several rows are a batch and refused.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.classifiers import without_names
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.events.parts import Output

_NESTING_MAX = 8


def recognises(payload: JsonValue) -> bool:
    """Return whether this is a list of numbers, or the only item of a list is."""
    for _ in range(_NESTING_MAX):
        if not isinstance(payload, list) or not payload:
            return False
        if len(payload) > 1 or not isinstance(payload[0], list):
            break
        payload = payload[0]
    return isinstance(payload, list) and _are_numbers(payload)


def _are_numbers(row: list[JsonValue]) -> bool:
    return len(row) <= read_as.LABELS_MAX and {type(item) for item in row} <= {int, float}


def read(envelope: Envelope) -> Output:
    """Return the output: the most probable class is the answer, its probability the confidence.

    Raises Refused for several rows, and where the catalog does not name the model's classes.
    """
    facts = of_value(envelope.payload, without_names.map_of(envelope), "$")
    return read_as.output("proba.row", envelope, facts)


def of_value(value: JsonValue, label_map: without_names.Classes, where: str) -> PayloadFacts:
    """Return the facts of a row of numbers or of a lone value, within lists of one or not."""
    inner, path = without_names.single(value, where)
    if isinstance(inner, dict):
        raise read_as.bad(f"{path}: send a number, or a list of numbers")
    if not isinstance(inner, list):
        return without_names.of_one(inner, label_map, path)
    known = without_names.named(label_map, f"the numbers at {path}")
    return without_names.of_row(inner, known, lambda at: f"{path}[{at}]")


FORMAT = Format(
    "proba.row",
    recognises,
    read,
    lists=True,
    programs="scikit-learn, XGBoost, LightGBM, CatBoost: a bare row; its classes: `models`",
    confidence="the highest probability",
    without=read_as.REFUSED,
    example=[[0.58, 0.42]],
)
