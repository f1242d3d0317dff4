"""The format `kserve.v1`: `{"predictions": [...]}` of KServe V1, TensorFlow Serving and MLflow.

One prediction: a row of probabilities or a class's number (the catalog's label map names the
classes), a class's name, scores by class, `{label, score}` pairs, or what SageMaker's built-in
algorithms and Vertex AI give: `{predicted_label, score}`, `{displayNames, confidences}`. Where a
prediction has several fields, the label map's `output` names the one with the numbers. The names
and numbers of classes come without a confidence, as do scores beside a label that is not the best
of them; several predictions are a batch and refused.
"""

from collections.abc import Sequence

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats import stated_labels
from services.intake.formats.classifiers import proba_row, scores_by_class, without_names
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.events.parts import Output
from shared.contracts.strictjson import JsonObject


def recognises(payload: JsonValue) -> bool:
    """Return whether this is an object with predictions and nothing of a task of Label Studio's."""
    if not isinstance(payload, dict) or not isinstance(payload.get("predictions"), (list, dict)):
        return False
    return "data" not in payload and "annotations" not in payload


def read(envelope: Envelope) -> Output:
    """Return the output of the one prediction. Raises Refused for several, and for unnamed ones."""
    payload = read_as.an_object(envelope.payload, "$")
    predictions = payload.get("predictions")
    if isinstance(predictions, list) and len(predictions) > 1:
        raise read_as.bad(f"$.predictions: {without_names.SEVERAL}")
    # Vertex AI names the deployed model and its version beside the predictions.
    model, version = payload.get("modelDisplayName"), payload.get("modelVersionId")
    label_map = without_names.map_of(envelope, model=model, version=version)
    facts = stated_labels.compared(_of_prediction(predictions, label_map), payload, "$")
    if facts.model is None:
        facts = facts._replace(model=read_as.a_line(model))
    return read_as.output("kserve.v1", envelope, facts)


def _of_prediction(predictions: JsonValue, label_map: without_names.Classes) -> PayloadFacts:
    value, path = without_names.single(predictions, "$.predictions")
    if isinstance(value, dict):
        return stated_labels.compared(_of_object(value, label_map, path), value, path)
    return proba_row.of_value(value, label_map, path)


def _of_object(fields: JsonObject, label_map: without_names.Classes, path: str) -> PayloadFacts:
    output = label_map.output
    if output is not None:
        if output not in fields:
            raise read_as.bad(f"{path}: send the field {output}, which the catalog names as output")
        return proba_row.of_value(fields[output], label_map, f"{path}.{output}")
    if "predicted_label" in fields:
        return _of_sagemaker(fields, label_map, path)
    if fields.keys() >= {"displayNames", "confidences"}:
        return _side_by_side(fields, ("displayNames", "confidences"), path)
    if fields.keys() == {"label", "score"}:
        label = read_as.a_label(fields["label"], f"{path}.label")
        score = read_as.a_score(fields["score"], f"{path}.score")
        return read_as.classified([(label, score)], lambda _: f"{path}.score")
    if all(isinstance(score, (int, float)) for score in fields.values()):
        return scores_by_class.of_object(fields, label_map, path)
    fix = "name the one with the numbers in the catalog: models, output"
    raise read_as.bad(f"{path}: has several fields: {fix}")


def _of_sagemaker(fields: JsonObject, label_map: without_names.Classes, path: str) -> PayloadFacts:
    """Return the facts of a linear learner's prediction: of two classes `score` is the second's."""
    where, score = f"{path}.score", fields.get("score")
    if isinstance(score, list):
        known = without_names.named(label_map, f"the scores at {where}")
        return without_names.of_row(score, known, lambda at: f"{where}[{at}]")
    number = read_as.a_number(fields["predicted_label"], f"{path}.predicted_label")
    if number not in {0, 1} or score is None:
        return without_names.of_one(fields["predicted_label"], label_map, f"{path}.predicted_label")
    classes: Sequence[str] = label_map.classes or ("0", "1")
    second = read_as.a_score(score, where)
    facts = read_as.classified(
        list(zip(classes[:2], (1 - second, second), strict=True)), lambda _: where
    )
    # The program's own threshold need not be one half, so its label is the answer.
    chosen = second if number else 1 - second
    confidence = facts.confidence
    if confidence.status == "ok":
        confidence = read_as.probability(chosen, where)
    return facts._replace(answer=classes[int(number)], confidence=confidence)


def _side_by_side(fields: JsonObject, names: tuple[str, str], path: str) -> PayloadFacts:
    labels = read_as.a_list(fields[names[0]], f"{path}.{names[0]}")
    where = f"{path}.{names[1]}"
    scores = read_as.a_list(fields[names[1]], where)
    if len(labels) != len(scores):
        raise read_as.bad(f"{where}: send as many as {names[0]}, in the same order")
    rows = [
        (read_as.a_label(label, f"{path}.{names[0]}"), read_as.a_score(scores[at], where))
        for at, label in enumerate(labels)
    ]
    return read_as.classified(rows, lambda at: f"{where}[{at}]")


FORMAT = Format(
    "kserve.v1",
    recognises,
    read,
    marks=("predictions",),
    programs="KServe V1, TensorFlow Serving, MLflow, Vertex AI, SageMaker's own algorithms",
    confidence="the highest probability; class names by the catalog's `models`",
    example={"predictions": [{"cat": 0.7, "dog": 0.3}]},
)
