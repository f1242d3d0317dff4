"""Which records are an output's own: by its source and id, or by where it stood."""

import json

import pytest

from sentuh.history.output_refs import Ref
from sentuh.trace.output_records import OTHERS_MAX, _about, _of_its_task, _places
from shared.contracts import envelope
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.second_stage import QA_SOURCE
from shared.contracts.partitions import partition_of
from shared.contracts.record import Record

NAMED = ("/models/m", "o-1")
UNNAMED = ("sentuh:x-model-outputs", "sentuh:x-model-outputs.0123456789ab.2.7")


def a_record(*, offset: int = 7, **value: str) -> Record:
    said = json.dumps({"response": "cat", **value}).encode()
    return Record("x-model-outputs", 2, offset, None, said, (), 0)


def a_dead_letter(record: Record) -> Record:
    refused = Refused(Reason.BAD_OUTPUT, "send another")
    said = envelope.dead_letter(record, refused, service="intake", topic="x-intake.dead-letters")
    return Record(said.topic, 0, 0, said.key, said.value, said.headers, 0)


@pytest.mark.parametrize(
    ("ref", "record", "kept"),
    [
        (NAMED, a_record(source="/models/m", id="o-1"), True),
        (NAMED, a_record(source="/models/n", id="o-1"), False),
        (NAMED, a_record(), False),
        (UNNAMED, a_record(), True),
        (UNNAMED, a_record(offset=8), False),
        (UNNAMED, a_record(source="/models/m", id="o-1"), False),
    ],
)
def test_a_record_is_kept_for_its_output_and_so_is_its_dead_letter(
    ref: Ref, record: Record, kept: bool
) -> None:
    assert _about(ref)(record) is kept
    assert _about(ref)(a_dead_letter(record)) is kept


def test_other_outputs_are_noted_but_not_without_end() -> None:
    others: set[Ref] = set()
    keep = _about(NAMED, others)
    for number in range(OTHERS_MAX + 5):
        keep(a_record(source="/models/m", id=f"o-{number}"))

    assert NAMED not in others
    assert len(others) == OTHERS_MAX


def test_only_the_partitions_of_the_keys_are_read() -> None:
    assert _places("t", {"t": 6}, ["t-1"]) == [("t", partition_of("t-1"))]
    assert len(_places("t", {"t": 6}, [])) == 6


@pytest.mark.parametrize(("key", "kept"), [(b"g-1", True), (b"g-2", False), (None, False)])
def test_a_gold_s_records_are_kept_by_its_task_which_is_named_as_its_output(
    key: bytes | None, kept: bool
) -> None:
    others: set[Ref] = set()
    keep = _of_its_task((QA_SOURCE, "g-1"), others)

    assert keep(Record("tasks", 0, 0, key, b"{}", (), 0)) is kept
    assert not others
