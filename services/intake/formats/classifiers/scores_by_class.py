"""The format `scores.by-class`: an object of probabilities by the names of their classes.

`{"cat": 0.7, "dog": 0.3}`, alone or as the only item of a list: what ONNX Runtime returns for
skl2onnx's ZipMap, TorchServe's image classifier for its best classes, and pandas for a row of
records. Recognised where the numbers add up to 1; of the best classes alone they come to less, so
declare the format. Keys 0 to n-1 are numbers of classes (ZipMap makes 0 and 1 of false and true):
the catalog's label map names them. More than 1 in all goes to people.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.classifiers import without_names
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import JsonObject


def recognises(payload: JsonValue) -> bool:
    """Return whether these are fractions by name, two or more, that add up to 1."""
    if isinstance(payload, list) and len(payload) == 1:
        payload = payload[0]
    if not isinstance(payload, dict) or not 1 < len(payload) <= read_as.LABELS_MAX:
        return False
    total = 0.0
    for score in payload.values():
        if type(score) is not float or not 0 <= score <= 1 + read_as.ROUNDING:
            return False
        total += score
    return abs(total - 1) <= read_as.SUM_TOLERANCE


def read(envelope: Envelope) -> Output:
    """Return the output: the most probable class is the answer, its probability the confidence.

    Raises Refused for several objects, and for numbers of classes that nothing names.
    """
    value, path = without_names.single(envelope.payload, "$")
    scores = read_as.an_object(value, path)
    facts = of_object(scores, without_names.map_of(envelope), path)
    return read_as.output("scores.by-class", envelope, facts)


def of_object(scores: JsonObject, label_map: without_names.Classes, path: str) -> PayloadFacts:
    """Return the facts of scores by class at `path`; raises Refused as `read` does."""
    if not 0 < len(scores) <= read_as.LABELS_MAX:
        raise read_as.bad(f"{path}: send 1 to {read_as.LABELS_MAX} labels")
    keys = list(scores)
    if sorted(keys) == sorted(str(at) for at in range(len(keys))):
        row = [scores[str(at)] for at in range(len(keys))]
        known = without_names.named(label_map, f"the numbers at {path}")
        return without_names.of_row(row, known, lambda at: f"{path}.{at}")
    rows = [
        (read_as.a_label(label, path), read_as.a_score(score, f"{path}.*"))
        for label, score in scores.items()
    ]
    return read_as.classified(rows, lambda at: f"{path}.{rows[at][0]}")


FORMAT = Format(
    "scores.by-class",
    recognises,
    read,
    lists=True,
    bare=True,
    programs="skl2onnx (ZipMap), TorchServe, pandas records: `{class: probability}`",
    confidence="the highest probability",
    without=read_as.REFUSED,
    example={"cat": 0.7, "dog": 0.3},
)
