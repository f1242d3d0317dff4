"""The format `onnx.runtime`: what ONNX Runtime returned for a classifier, by its outputs' names.

skl2onnx names them `output_label` and `output_probability` (scores by class: ZipMap), or `label`
and `probabilities` (rows, without ZipMap); the catalog's label map names classes where the outputs
do not. The label beside the probabilities is the answer, and its probability the confidence. Of
some models it is not the most probable class: then people see it. Several inputs are a batch and
refused.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats import stated_labels
from services.intake.formats.classifiers import proba_row, scores_by_class, without_names
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import JsonObject

_NAMES = (("output_probability", "output_label"), ("probabilities", "label"))


def recognises(payload: JsonValue) -> bool:
    """Return whether these are outputs of those names, a label beside lists of probabilities."""
    return isinstance(payload, dict) and _names(payload) is not None


def _names(payload: JsonObject) -> tuple[str, str] | None:
    for scores, label in _NAMES:
        if isinstance(payload.get(scores), list) and isinstance(payload.get(label), list):
            return None if "classes" in payload or "labels" in payload else (scores, label)
    return None


def read(envelope: Envelope) -> Output:
    """Return the output: the label is the answer, its probability the confidence.

    Raises Refused for several inputs, and for classes that nothing names.
    """
    payload = read_as.an_object(envelope.payload, "$")
    names = _names(payload)
    if names is None:
        raise read_as.bad("$: send output_label and output_probability, or label and probabilities")
    scores, label = names
    label_map = without_names.map_of(envelope)
    value, path = without_names.single(payload[scores], f"$.{scores}")
    if isinstance(value, dict):
        facts = scores_by_class.of_object(value, label_map, path)
    else:
        facts = proba_row.of_value(value, label_map, path)
    stated, where = without_names.single(payload[label], f"$.{label}")
    answer = without_names.of_one(stated, label_map, where).answer
    if answer != facts.answer:
        facts = _of_another(facts, answer, path, where)
    return read_as.output("onnx.runtime", envelope, facts)


def _of_another(facts: PayloadFacts, answer: JsonValue, path: str, where: str) -> PayloadFacts:
    """Return the facts with an answer other than the best class, and so without a confidence."""
    own = [row.score for row in facts.labels if row.label == answer]
    if len(own) != 1:
        raise read_as.bad(f"{path}: send the probability of the label beside it, too")
    is_best = own[0] == max(row.score for row in facts.labels)
    if is_best or facts.confidence.status != "ok":
        return facts._replace(answer=answer)
    return facts._replace(answer=answer, confidence=stated_labels.other_label(where))


FORMAT = Format(
    "onnx.runtime",
    recognises,
    read,
    marks=("output_probability", "probabilities"),
    programs="ONNX Runtime with a classifier of skl2onnx, outputs by name",
    confidence="the highest probability, if the label beside it is that class",
    without=read_as.REFUSED,
    example={"output_label": ["cat"], "output_probability": [{"cat": 0.7, "dog": 0.3}]},
)
