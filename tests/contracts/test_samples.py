"""Every event version ever written is read for ever, as the same event."""

import json

import pytest
from pydantic import JsonValue

from sentuh.published.schemas import contracts
from services.intake.arrived import OutputArrived, read
from shared.contracts import envelope
from shared.contracts.errors import Reason, Refused
from shared.contracts.events import BY_TYPE, EVENTS
from shared.contracts.topics import BY_NAME, Names
from tests.contracts.samples import sample, stored_types

NAMES = Names()
EVENT_TYPES = [event_type for event_type in stored_types() if event_type in BY_TYPE]
INNER = [event.TYPE for event in EVENTS if not event.TOPIC.border]
BORDER = [event.TYPE for event in EVENTS if event.TOPIC.border]


def missing_from(stored: JsonValue, written: JsonValue, path: str = "") -> list[str]:
    """Where what was stored is not in what is written today; new fields are no matter."""
    if isinstance(stored, dict) and isinstance(written, dict):
        pairs = [(f"{path}.{name}", found, written.get(name)) for name, found in stored.items()]
    elif isinstance(stored, list) and isinstance(written, list) and len(stored) == len(written):
        pairs = [
            (f"{path}[{place}]", *pair)
            for place, pair in enumerate(zip(stored, written, strict=True))
        ]
    else:
        return [] if stored == written else [path]
    return [where for name, old, new in pairs for where in missing_from(old, new, name)]


def test_every_event_version_has_a_sample_and_every_sample_a_model() -> None:
    assert stored_types() == [contract.event_type for contract in contracts()], (
        "store a sample of a new version under shared/contracts/events/samples,"
        " and never take one away"
    )


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_a_sample_is_read_as_the_event_it_was(event_type: str) -> None:
    stored = sample(event_type)

    event_id, event = envelope.decode(stored.record(), BY_NAME[stored.topic])

    assert type(event) is BY_TYPE[event_type]
    assert event_id == stored.headers["ce_id"]
    assert event.event_id == stored.headers["ce_id"]
    assert event.key == stored.key


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_nothing_of_a_sample_is_lost(event_type: str) -> None:
    stored = sample(event_type)
    _, event = envelope.decode(stored.record(), BY_NAME[stored.topic])

    said = envelope.encode(event, NAMES, source="test", cause="", traceparent="")

    assert missing_from(stored.value, json.loads(said.value or b"")) == []


@pytest.mark.parametrize("event_type", INNER)
def test_a_field_of_tomorrow_is_ignored_inside(event_type: str) -> None:
    stored = sample(event_type)
    row = BY_NAME[stored.topic]

    assert envelope.decode(stored.record(tomorrow=1), row) == envelope.decode(stored.record(), row)


@pytest.mark.parametrize("event_type", BORDER)
def test_an_unknown_field_is_refused_at_the_border(event_type: str) -> None:
    stored = sample(event_type)

    with pytest.raises(Refused) as refused:
        envelope.decode(stored.record(is_admin=True), BY_NAME[stored.topic])

    assert refused.value.reason is Reason.EXTRA_FORBIDDEN


def test_the_sample_of_an_output_is_taken() -> None:
    stored = sample("model.output.v1")

    (unit,) = read(stored.record())

    assert isinstance(unit.event, OutputArrived)
    ref, headers = unit.event.ref, stored.headers
    assert ref.source == headers["ce_source"]
    assert ref.id == headers["ce_id"]
    assert ref.correlation_id == headers["ce_correlationid"]
    assert unit.event.output.answer == "cat"


def test_an_unknown_field_of_an_output_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        read(sample("model.output.v1").record(is_admin=True))

    assert refused.value.reason is Reason.EXTRA_FORBIDDEN
