"""The format `sklearn.proba`: class labels beside the probabilities `predict_proba` gave them.

`{"classes" or "labels": [...], "probabilities": [...]}`; the probabilities may be nested once, as
scikit-learn returns them for one row. Several rows are a batch and refused. A row that does not
add up to 1 goes to people, and so does one of nothing but 0 and 1, as XGBoost's `binary:hinge`
gives it: it names a class, not how sure the model is; and one beside which a `label` or
`prediction` stands that is not the most probable class.
"""

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats import stated_labels
from services.intake.formats.payload import Format
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import JsonObject


def recognises(payload: JsonValue) -> bool:
    """Return whether this is an object with probabilities, and with `classes` or `labels`."""
    if not isinstance(payload, dict) or not isinstance(payload.get("probabilities"), list):
        return False
    return isinstance(payload.get("classes"), list) or isinstance(payload.get("labels"), list)


def read(envelope: Envelope) -> Output:
    """Return the output: the most probable class is the answer, its probability the confidence.

    Raises Refused for several rows, or if classes and probabilities differ in number.
    """
    payload = read_as.an_object(envelope.payload, "$")
    classes = _classes(payload)
    row, path = _row(payload)
    if len(row) != len(classes):
        raise read_as.bad(
            "$.probabilities: send as many probabilities as classes, in the same order"
        )
    rows = [
        (read_as.a_label(label, f"$.classes[{at}]"), read_as.a_score(row[at], f"{path}[{at}]"))
        for at, label in enumerate(classes)
    ]
    facts = read_as.classified(rows, lambda at: f"{path}[{at}]", whole=True)
    facts = stated_labels.compared(facts, payload, "$")
    facts = facts._replace(model=read_as.a_line(payload.get("model")))
    return read_as.output("sklearn.proba", envelope, facts)


def _classes(payload: JsonObject) -> list[JsonValue]:
    if "classes" in payload and "labels" in payload:
        raise read_as.bad("$.classes: send either classes or labels")
    return read_as.a_list(payload.get("classes", payload.get("labels")), "$.classes")


def _row(payload: JsonObject) -> tuple[list[JsonValue], str]:
    row = read_as.a_list(payload.get("probabilities"), "$.probabilities")
    if not row or not isinstance(row[0], list):
        return row, "$.probabilities"
    if len(row) > 1:
        raise read_as.bad(
            "$.probabilities: there are several rows: send each output in a record of its own"
        )
    return row[0], "$.probabilities[0]"


FORMAT = Format(
    "sklearn.proba",
    recognises,
    read,
    marks=("probabilities",),
    programs="scikit-learn, XGBoost, LightGBM, CatBoost: a row of predict_proba",
    confidence="the highest probability",
    without=read_as.REFUSED,
    example={"classes": ["0", "1"], "probabilities": [0.58, 0.42]},
)
