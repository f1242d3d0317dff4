"""A record is read to what arrived: its identity, its trace, and nothing of the sender's clock."""

import pytest

from services.intake import keys
from services.intake.arrived import OutputArrived, read
from shared.contracts.envelope import derived_traceparent
from shared.contracts.errors import Reason, Refused
from shared.contracts.topics import MODEL_OUTPUTS
from tests.services.intake.builders import a_record, a_sent

FROM_EVENT = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
FROM_RECORD = "00-" + "3" * 32 + "-" + "4" * 16 + "-01"
CE = {"ce_specversion": "1.0", "ce_type": "model.output.v1", "ce_source": "/m", "ce_id": "o-1"}
BODY = a_sent(source=..., id=...)  # type: ignore[arg-type]


def test_unit_carries_what_the_record_says() -> None:
    (unit,) = read(a_record(a_sent(task_type="digits")))
    arrived = unit.event

    assert isinstance(arrived, OutputArrived)
    assert unit.id == arrived.event_id
    assert unit.digest == arrived.digest
    assert arrived.ref.source == "/models/digits"
    assert arrived.ref.id == "o-1"
    assert arrived.output.answer == "1"
    assert arrived.task_type == "digits"
    assert arrived.pool == keys.bucket(arrived.task_id)


def test_same_output_has_the_same_id_however_it_is_sent() -> None:
    units = [
        *read(a_record(BODY, CE)),
        *read(a_record(a_sent(source="/m"), offset=9)),
        *read(a_record({**{n[3:]: v for n, v in CE.items()}, "data": BODY})),
    ]

    assert len({unit.id for unit in units}) == 1
    assert len({unit.event.key for unit in units}) == 1


@pytest.mark.parametrize(
    ("headers", "trace"),
    [
        ({"ce_traceparent": FROM_EVENT, "traceparent": FROM_RECORD}, FROM_EVENT),
        ({"traceparent": FROM_RECORD}, FROM_RECORD),
        ({"ce_traceparent": "of my own", "traceparent": FROM_RECORD}, FROM_RECORD),
    ],
)
def test_trace_of_the_event_comes_before_that_of_its_transport(
    headers: dict[str, str], trace: str
) -> None:
    (unit,) = read(a_record(BODY, {**CE, **headers}))

    assert unit.traceparent == trace
    assert unit.checked.ref.traceparent == trace


@pytest.mark.parametrize("headers", [{}, {"traceparent": "junk"}, {"ce_traceparent": "of my own"}])
def test_output_without_a_trace_gets_that_of_its_task_and_is_not_said_to_have_one(
    headers: dict[str, str],
) -> None:
    (unit,) = read(a_record(BODY, {**CE, **headers}))

    assert unit.traceparent == derived_traceparent(unit.checked.task_id)
    assert unit.checked.ref.traceparent is None


@pytest.mark.parametrize("timestamp_ms", [0, -1, 253_402_300_800_000])
def test_clock_of_the_sender_is_not_looked_at(timestamp_ms: int) -> None:
    record = a_record(a_sent())

    assert read(record._replace(timestamp_ms=timestamp_ms))[0].event == read(record)[0].event


def test_size_comes_before_everything_else() -> None:
    with pytest.raises(Refused) as caught:
        read(a_record(b"[" * (MODEL_OUTPUTS.size_bytes_max + 1)))

    assert caught.value.reason is Reason.TOO_LARGE


def test_outputs_spread_over_all_buckets() -> None:
    found = {read(a_record(a_sent(id=f"o-{number}")))[0].event.pool for number in range(300)}

    assert len(found) == keys.BUCKETS
