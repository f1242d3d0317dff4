"""The format `label-studio.task`: a task of Label Studio with one prediction of a model.

`{"data": {...}, "predictions": [{"model_version", "score", "result": [...]}]}`, alone or in a list
of one, as exports write it. All results of the prediction are of one control: `choices` (the answer
is the label, or a list of several), `labels` of a text (spans), `textarea` (the text), `rating` and
`number` (a number). The request is the text that was judged, from `data`. Confidence is the score
of the prediction, or else the lowest of its results'; 0 is what the SDK writes where nobody set
one, and counts as not set. Refused: a prediction that is an id only, several, none, and other
controls. Source: Label Studio's guide, `predictions`.
"""

from pydantic import JsonValue

from services.intake.asked import text_of
from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats.datasets import label_studio_spans
from services.intake.formats.payload import Format, PayloadFacts
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.strictjson import JsonObject

_AT = "$.predictions[0]"
_TYPES = "choices, labels, textarea, rating or number"


def recognises(payload: JsonValue) -> bool:
    """Return whether this is a task, alone or in a list: `data`, and predictions or annotations."""
    tasks = payload if isinstance(payload, list) else [payload]
    return bool(tasks) and all(_is_task(task) for task in tasks)


def read(envelope: Envelope) -> Output:
    """Return what the one prediction of the task says, and how sure its model was.

    Raises Refused for several tasks, a prediction that is an id only, none or several, and for
    results that are none of one control that is read.
    """
    task = _task(envelope.payload)
    prediction = _prediction(task)
    results = [
        read_as.an_object(result, f"{_AT}.result[*]")
        for result in read_as.a_list(prediction.get("result"), f"{_AT}.result")
    ]
    data = read_as.an_object(task["data"], "$.data")
    facts = _said(results, data)._replace(
        confidence=_confidence(prediction, results),
        model_version=read_as.a_line(prediction.get("model_version")),
    )
    if facts.request is None and data:
        facts = facts._replace(request=_request(data))
    return read_as.output("label-studio.task", envelope, facts)


def _is_task(task: JsonValue) -> bool:
    if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
        return False
    return any(isinstance(task.get(name), list) for name in ("predictions", "annotations"))


def _task(payload: JsonValue) -> JsonObject:
    tasks = payload if isinstance(payload, list) else [payload]
    if len(tasks) != 1:
        raise read_as.bad("there are several tasks: send each in a record of its own")
    task = read_as.an_object(tasks[0], "$")
    read_as.an_object(task.get("data"), "$.data")
    return task


def _prediction(task: JsonObject) -> JsonObject:
    listed = read_as.a_list(task.get("predictions") or [], "$.predictions")
    if not listed:
        raise read_as.bad("$.predictions: there is none: send a task with a model's prediction")
    if len(listed) > 1:
        raise read_as.bad("$.predictions: there are several: send each in a record of its own")
    if isinstance(listed[0], int):
        fix = "send the prediction itself, as the task's own page of the API has it"
        raise read_as.bad(f"{_AT}: it is an id only, as in a Label Studio export: {fix}")
    return read_as.an_object(listed[0], _AT)


def _said(results: list[JsonObject], data: JsonObject) -> PayloadFacts:
    """Return what the results say; the confidence is not theirs."""
    controls = {(str(one.get("type")), str(one.get("from_name"))) for one in results}
    if not results:
        raise read_as.bad(f"{_AT}.result: it is empty: send a prediction that says something")
    if len(controls) > 1:
        raise read_as.bad(f"{_AT}.result: it is of several controls: send each in its own record")
    [(control, _)] = controls
    values = [read_as.an_object(one.get("value"), f"{_AT}.result[*].value") for one in results]
    if control == "labels":
        return label_studio_spans.facts_of(values, data)
    if len(values) > 1 or control not in ("choices", "textarea", "rating", "number"):
        fix = f"send one result of the type {_TYPES}"
        raise read_as.bad(f"{_AT}.result: it is none that is read: {fix}")
    return _of_one(control, values[0])


def _of_one(control: str, value: JsonObject) -> PayloadFacts:
    path = f"{_AT}.result[0].value.{control}"
    if control == "choices":
        labels = [read_as.a_label(one, path) for one in read_as.a_list(value.get("choices"), path)]
        if not labels:
            raise read_as.bad(f"{path}: it is empty: send a choice")
        return PayloadFacts(read_as.ABSENT, answer=labels[0] if len(labels) == 1 else list(labels))
    if control == "textarea":
        return PayloadFacts(read_as.ABSENT, text=_lines(value.get("text")))
    number = value.get(control)
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise read_as.bad(f"{path}: send a number")
    return PayloadFacts(read_as.ABSENT, answer=number)


def _lines(text: JsonValue) -> str:
    path = f"{_AT}.result[0].value.text"
    if isinstance(text, list):
        text = "\n".join(read_as.a_text(line, path) for line in text)
    return read_as.a_text(text, path)


def _request(data: JsonObject) -> str | None:
    """Return the only text of a task's data, or else all of it as people can read it."""
    texts = [value for value in data.values() if isinstance(value, str) and value.strip()]
    return texts[0] if len(texts) == 1 else text_of(data, None)


def _confidence(prediction: JsonObject, results: list[JsonObject]) -> Confidence:
    score, path = prediction.get("score"), f"{_AT}.score"
    if score is None:
        scores = [one.get("score") for one in results]
        if None in scores:
            return read_as.ABSENT
        path = f"{_AT}.result[*].score"
        score = min(read_as.a_number(one, path) for one in scores)
    value = read_as.a_number(score, path)
    if value == 0:
        return read_as.sentinel("placeholder", "probability", path=path, detail="0 is not set")
    if not 0 < value <= 1 + read_as.ROUNDING:
        detail = "it is not on 0..1"
        return read_as.sentinel("off_scale", "probability", path=path, detail=detail)
    return read_as.probability(value, path)


FORMAT = Format(
    "label-studio.task",
    recognises,
    read,
    marks=("predictions", "annotations"),
    lists=True,
    item_marks=("data",),
    programs="Label Studio: a task with one prediction",
    confidence="the prediction's `score`, or the lowest of its results'",
    example={
        "data": {"text": "The food was great."},
        "predictions": [
            {
                "model_version": "m1",
                "score": 0.72,
                "result": [
                    {
                        "from_name": "mood",
                        "to_name": "text",
                        "type": "choices",
                        "value": {"choices": ["positive"]},
                    }
                ],
            }
        ],
    },
)
