"""Formats of each family, however they are sent, reach a verdict by people and an earning."""

import json
from dataclasses import dataclass

import pytest
from pydantic import JsonValue

from services.intake.formats import FORMATS, chat, classifiers, pipelines, speech
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentOffered
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import natural_id
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Record
from shared.contracts.strictjson import JsonObject
from shared.contracts.topics import MODEL_OUTPUTS
from tests.journeys.people import People
from tests.journeys.wire import Wire
from tests.services.intake.builders import PNG
from tests.services.intake.formats.test_hf_text_classification import FLAT
from tests.services.intake.formats.test_openai_chat import a_completion
from tests.services.intake.formats.test_sentuh_output import FULL
from tests.services.intake.formats.test_sklearn_proba import ROW
from tests.services.intake.formats.test_whisper_verbose_json import a_segment, a_transcript
from tests.support.builders import options_of

SKILLS = {"image.digits": 3, "text.sentiment": 3, "text.review": 3, "audio.transcription": 3}
WORKERS = tuple(f"w-{number}" for number in range(8))
SOURCE = "/models/journey"
TRACE = "00-" + "a1" * 16 + "-" + "b2" * 8 + "-01"

BY_CLASS: JsonObject = {"setosa": 0.2, "versicolor": 0.3, "virginica": 0.5}
FLOWER: JsonObject = {"request": "5.9, 3.2, 4.8, 1.8", "model": "iris"}


def a_reply(datatype: str, data: list[JsonValue]) -> JsonObject:
    """A model server's reply with the one tensor that the catalog names for the model."""
    tensor: JsonObject = {"name": "predict_proba", "datatype": datatype, "shape": [1, 3]}
    return {"model_name": "iris", "outputs": [{**tensor, "data": data}]}


SAID: dict[str, tuple[str, JsonObject]] = {
    "hf.text-classification": ("sentiment", {"response": FLAT, "request": "Fine, I suppose"}),
    "openai.chat": ("chat-check", {"response": a_completion(), "request": "Which mood?"}),
    "whisper.verbose_json": (
        "transcript-check",
        {
            "response": a_transcript(a_segment(avg_logprob=-0.9)),
            "media": {"ref": "s3://calls/a.wav"},
        },
    ),
    "sklearn.proba": ("digits", {"response": ROW, "media": PNG}),
    "proba.row": ("species", {"response": [[0.2, 0.5, 0.3]], **FLOWER}),
    "scores.by-class": ("species", {"response": BY_CLASS, **FLOWER}),
    "onnx.runtime": (
        "species",
        {"response": {"output_label": ["virginica"], "output_probability": [BY_CLASS]}, **FLOWER},
    ),
    "kserve.v1": ("species", {"response": {"predictions": [[0.2, 0.5, 0.3]]}, **FLOWER}),
    "kserve.v2": ("species", {"response": a_reply("FP64", [0.2, 0.5, 0.3]), **FLOWER}),
    "triton.classification": (
        "species",
        {"response": a_reply("BYTES", ["0.5:1:versicolor", "0.3:2", "0.2:0"]), **FLOWER},
    ),
    "sagemaker.capture": (
        "species",
        {
            "response": {
                "captureData": {"endpointOutput": {"encoding": "CSV", "data": "0.2,0.5,0.3"}}
            },
            **FLOWER,
        },
    ),
    "sentuh.output": ("canonical", {"response": FULL}),
}
"""For each format its task type and our envelope round one output of it, all of them unsure."""


@dataclass(frozen=True)
class Sent:
    """One output on its way."""

    format: str
    mode: str
    declared: bool

    @property
    def id(self) -> str:
        return f"{self.format}-{self.mode}-{'declared' if self.declared else 'recognised'}"

    @property
    def task_id(self) -> str:
        return natural_id("output", SOURCE, self.id)

    def send(self, wire: Wire) -> None:
        """Publish it as its mode has it."""
        body: JsonObject = dict(SAID[self.format][1])
        if self.declared:
            body["format"] = self.format
        event = {
            "specversion": "1.0", "type": "model.output.v1", "source": SOURCE, "id": self.id,
            "correlationid": f"c-{self.id}", "traceparent": TRACE,
        }  # fmt: skip
        headers = {"traceparent": TRACE}
        value: JsonValue = {
            **body, "source": SOURCE, "id": self.id, "correlation_id": f"c-{self.id}"
        }  # fmt: skip
        if self.mode == "binary":
            headers, value = {f"ce_{name}": text for name, text in event.items()}, body
        elif self.mode == "structured":
            headers = {"content-type": "application/cloudevents+json"}
            value = {**event, "data": body}
        raw = [(name, text.encode()) for name, text in headers.items()]
        wire.send(MODEL_OUTPUTS, json.dumps(value).encode(), headers=raw)


SENT = [
    Sent(name, mode, declared)
    for name in SAID
    for mode in ("bare", "binary", "structured")
    for declared in (True, False)
]


@pytest.fixture(scope="module")
def judged(wire: Wire, people: People) -> Wire:
    """Everything was sent, and people have answered whatever they were asked."""
    people.join(*WORKERS, skills=SKILLS, capacity=8)
    for sent in SENT:
        sent.send(wire)

    def done() -> bool:
        people.answer_all()
        return len(wire.of(VerdictReached)) >= len(SENT)

    wire.until(done)
    votes = sum(len(verdict.votes) for verdict in wire.of(VerdictReached))
    wire.until(lambda: len(wire.of(EarningConfirmed)) >= votes)
    return wire


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.id)
def test_output_reaches_a_verdict_and_an_earning(judged: Wire, sent: Sent) -> None:
    ((record, task),) = judged.with_records(TaskCreated, task_id=sent.task_id)
    (verdict,) = judged.of(VerdictReached, task_id=sent.task_id)
    accrued = judged.with_records(EarningAccrued, task_id=sent.task_id)
    confirmed = judged.of(EarningConfirmed, task_id=sent.task_id)

    assert task.output.format == sent.format
    assert task.policy.task_type == SAID[sent.format][0]
    assert verdict.by == "people"
    assert verdict.answer == options_of(task.policy.asks)[0]
    assert verdict.ref.source == SOURCE
    assert verdict.ref.id == sent.id
    assert verdict.ref.correlation_id == f"c-{sent.id}"
    assert {line.worker_id for line in confirmed} == {vote.worker_id for vote in verdict.votes}
    assert {line.quote for _, line in accrued} == {task.policy.quote}
    assert _trace(record) == _trace_id(TRACE)


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent.id)
def test_trace_goes_from_the_output_to_its_earnings(judged: Wire, sent: Sent) -> None:
    kinds = (TaskCreated, AssignmentOffered, AssignmentAnswered, VerdictReached)
    records = [
        record
        for kind in (*kinds, EarningAccrued, EarningConfirmed)
        for record, _ in judged.with_records(kind, task_id=sent.task_id)
    ]
    assert len(records) >= 6
    assert {_trace(record) for record in records} == {_trace_id(TRACE)}


def _trace(record: Record) -> str:
    return _trace_id(record.header("traceparent") or "")


def _trace_id(traceparent: str) -> str:
    return traceparent.split("-")[1]


def test_every_way_of_sending_was_tried() -> None:
    families = (chat, classifiers, pipelines, speech)
    lacking = [f.__name__ for f in families if not SAID.keys() & {one.name for one in f.FORMATS}]
    assert not lacking, "send a format of each family of outputs that a choice is asked about"
    assert SAID.keys() <= FORMATS.keys()
    assert len(SENT) == len(SAID) * 3 * 2
