"""Every field that outsiders send, with every wrong JSON type: the message names it and the fix."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import pytest
import yaml
from pydantic import BaseModel, JsonValue

from services.intake.catalog import check
from services.intake.cloudevents import CloudEvent
from services.intake.envelope import SentEnvelope, read_envelope
from services.intake.formats import read_output
from services.intake.formats.sentuh_output import Canonical
from services.intake.settings import IntakeSettings
from services.payout.settings import PayoutSettings
from services.qa.settings import QaSettings
from services.router.settings import RouterSettings
from shared.connect import environment
from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.events import BY_TYPE
from shared.contracts.events.model import BorderEvent
from shared.contracts.record import Record
from shared.contracts.strictjson import JsonObject
from shared.contracts.topics import MODEL_OUTPUTS
from tests.contracts.samples import sample
from tests.services.intake.builders import a_record
from tests.services.messages.words import assert_for_its_sender, assert_no_inner_words

CATALOG = Path(__file__).parents[3] / "deploy" / "catalog.yaml"
WRONG: Sequence[JsonValue] = (
    None, True, 0, -1, 5, 10**30, 1.5, -0.5, "", " ", "a b*", "true", "x" * 3_000,
    "caf\u00e9 \u200b", [], ["x"], [{}], {}, {"a": 1}, {"value": "x"},
)  # fmt: skip
CANONICAL: JsonObject = {
    "text": "a picture", "labels": [{"label": "cat", "score": 0.7}, {"label": "dog", "score": 0.3}],
    "answer": "cat", "confidence": {"value": 0.7, "scale": "probability"}, "model": "m",
    "model_version": "1", "language": "en",
    "candidates": [
        {"id": "a", "text": "a cat"},
        {"id": "b", "media": {"ref": "https://media.example.com/b.png", "type": "image/png"}},
    ],
}  # fmt: skip
SENT: JsonObject = {
    "source": "/m", "id": "o-1", "correlation_id": "c-1", "task_type": "canonical",
    "format": "sentuh.output", "response": CANONICAL, "request": "Which?", "context": {"page": 1},
    "media": {"ref": "https://media.example.com/1.png", "type": "image/png"}, "model": "m",
    "model_version": "1", "language": "en",
}  # fmt: skip
INLINE: JsonObject = {**SENT, "media": {"inline": {"type": "image/png", "data": "iVBORw0KGgo="}}}
EVENT: JsonObject = {
    "specversion": "1.0", "type": "model.output.v1", "source": "/m", "id": "o-1",
    "inferenceservicename": "sklearn-iris",
    "time": "2026-01-01T00:00:00Z", "dataref": "https://media.example.com/1.png",
    "tasktype": "canonical", "correlationid": "c-1", "format": "sentuh.output",
    "traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01", "data": {"response": CANONICAL},
}  # fmt: skip
BORDER = tuple(name for name, kind in BY_TYPE.items() if issubclass(kind, BorderEvent))


def _changed(whole: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Yield the name of each field at any depth, and the whole with a wrong value in it."""
    for way in _ways(whole):
        for wrong in (*WRONG, ...):
            spoilt: JsonValue = copy.deepcopy(whole)
            at = spoilt
            for step in way[:-1]:
                at = at[step]  # type: ignore[index]
            if wrong is ...:
                del at[way[-1]]  # type: ignore[union-attr, arg-type]
            else:
                at[way[-1]] = wrong  # type: ignore[index]
            yield ".".join(map(str, way)), spoilt


def _ways(value: JsonValue) -> Iterator[tuple[str | int, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(cast("list[JsonValue]", value))
    for step, inner in steps:
        yield (step,)
        if isinstance(inner, (dict, list)):
            yield from ((step, *rest) for rest in _ways(inner))


def _details(whole: JsonValue, read: Callable[[JsonValue], object]) -> list[tuple[str, str]]:
    """Return each field that was spoilt and refused, with the detail."""
    details: list[tuple[str, str]] = []
    for field, spoilt in _changed(whole):
        try:
            read(spoilt)
        except Refused as refused:
            details.append((field, refused.detail))
    return details


def _detail_of(record: Record) -> str:
    """Return what an output is refused with; nothing where it is read."""
    try:
        read_output(read_envelope(record))
    except Refused as refused:
        return refused.detail
    return ""


def _assert_named(details: Sequence[tuple[str, str]], *, elsewhere: Mapping[str, str]) -> None:
    """Assert that each detail names its field, or what stands for it there."""
    for field, detail in details:
        assert_for_its_sender(detail)
        names = [part for part in field.split(".") if not part.isdigit()]
        also = [elsewhere[name] for name in names if name in elsewhere]
        assert any(name in detail for name in (*names, *also)), f"{field}: {detail}"


@pytest.mark.parametrize("event_type", BORDER)
def test_every_field_of_an_event_of_others(event_type: str) -> None:
    stored = sample(event_type)
    row = BY_TYPE[event_type].TOPIC
    record = stored.record()

    def read(value: JsonValue) -> object:
        return envelope.decode(record._replace(value=json.dumps(value).encode()), row)

    details = _details(dict(stored.value), read)
    assert details
    # An id that is another one no longer is the record's key, of which the message then speaks.
    ids = ("worker_id", "task_id", "pool", "task_type", "gold_id")
    _assert_named(details, elsewhere=dict.fromkeys(ids, "key"))


@pytest.mark.parametrize("sent", [SENT, INLINE], ids=["by reference", "inline"])
def test_every_field_of_our_envelope_and_of_our_format(sent: JsonObject) -> None:
    details = _details(sent, lambda value: read_output(read_envelope(a_record(value))))

    assert details
    # Without `response` or with a foreign one the words are about the envelope as a whole.
    _assert_named(details, elsewhere={"response": "envelope", "id": "source", "format": "envelope"})


def test_every_attribute_of_a_structured_event() -> None:
    details = _details(EVENT, lambda value: read_output(read_envelope(a_record(value))))

    assert details
    # What `data` holds alone is the model's own response.
    _assert_named(details, elsewhere={"data": "response", "format": "looks like"})


def test_every_attribute_in_a_header() -> None:
    names = [name for name in EVENT if name != "data"]
    whole = {f"ce_{name}": str(EVENT[name]) for name in names}
    for name in names:
        for wrong in WRONG:
            headers = {**whole, f"ce_{name}": json.dumps(wrong)[:2_000]}
            detail = _detail_of(a_record({"response": CANONICAL}, headers))
            if detail:
                assert_for_its_sender(detail)
                assert name in detail


@pytest.mark.parametrize("kind", [SentEnvelope, Canonical, CloudEvent])
def test_no_field_of_a_model_is_left_out_above(kind: type[BaseModel]) -> None:
    fields = {SentEnvelope: SENT, Canonical: CANONICAL, CloudEvent: EVENT}[kind]

    assert kind.model_fields.keys() <= fields.keys()


@pytest.mark.parametrize("event_type", BORDER)
def test_no_field_of_an_event_is_left_out_above(event_type: str) -> None:
    optional = {"reason", "note", "spent_seconds", "until", "kinds", "nonce"}

    assert BY_TYPE[event_type].model_fields.keys() - optional <= sample(event_type).value.keys()


def test_every_field_of_the_catalog(tmp_path: Path) -> None:
    whole = yaml.safe_load(CATALOG.read_text())
    types = whole["task_types"]
    whole["task_types"] = dict(list(types.items())[:1])
    file = tmp_path / "catalog.yaml"
    for field, spoilt in _changed(whole):
        file.write_text(json.dumps(spoilt))
        for problem in check(file):
            assert_no_inner_words(f"{problem.fault}; {problem.fix}")
            assert problem.fix != "correct it", f"{field}: {problem}"


@pytest.mark.parametrize(
    "kind",
    [IntakeSettings, RouterSettings, QaSettings, PayoutSettings],
    ids=lambda kind: kind.__name__,
)
def test_every_setting(kind: type[environment.FromEnvironment]) -> None:
    for field in kind.model_fields:
        name = environment.setting(kind, field)
        for wrong in (
            "",
            " ",
            "x y",
            "-1",
            "0",
            "1.5",
            "1e400",
            "nan",
            "true",
            "null",
            "9" * 40,
            "[]",
            "{}",
        ):
            _, problems = environment.read(kind, **{name: wrong})
            for problem in problems:
                assert_no_inner_words(problem)


def test_too_large_a_record_is_told_the_limit() -> None:
    record = Record(
        MODEL_OUTPUTS.name, 0, 1, None, b" " * (MODEL_OUTPUTS.size_bytes_max + 1), (), 0
    )
    with pytest.raises(Refused) as refused:
        envelope.check_transport(record, MODEL_OUTPUTS)

    assert str(MODEL_OUTPUTS.size_bytes_max) in refused.value.detail
