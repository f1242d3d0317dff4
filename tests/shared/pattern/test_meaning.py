"""A record that means nothing to a service is passed over by its type, and its value not read."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from bench.inside import SERVICES, build
from shared.contracts.events import BY_TYPE
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import ASSIGNMENTS, TASKS, Names, Topic
from shared.pattern.meaning import PassedOver
from shared.pattern.read_records import InRecords, RecordReader
from shared.pattern.service import Service
from tests.shared.pattern.piping import World, an_answer_on
from tests.support.in_memory import metrics_of

NAMES = Names("p-")
OFFERED, ANSWERED = b"assignment.offered.v1", b"assignment.answered.v1"
CALLS_MAX = 12


def a_record(
    type_: bytes | None, *, topic: Topic = ASSIGNMENTS, offset: int = 0, value: bytes = b"no JSON"
) -> Record:
    """A record with ten headers, as our services write them, that no service could read."""
    named = () if type_ is None else (("ce_type", type_),)
    others = tuple((f"h{number}", b"x") for number in range(9))
    return Record(NAMES.of(topic), 3, offset, b"t-1", value, (*named, *others), 0)


def read(service: Service, *records: Record) -> InRecords:
    return RecordReader(service, metrics_of(service)).read(records)


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("type_", BY_TYPE)
def test_passed_over_is_what_has_no_row_and_no_fold_on_a_topic_of_our_own(
    name: str, type_: str
) -> None:
    service, kind = build(name, NAMES), BY_TYPE[type_]
    taken = any(row.event is kind for row in service.rows) or kind in service.folds
    ours = kind.TOPIC in service.card.consumes and not kind.TOPIC.border

    record = a_record(type_.encode(), topic=kind.TOPIC)

    assert (record in PassedOver(service)) == (ours and not taken)


@pytest.mark.parametrize("name", ["qa", "payout"])
def test_its_value_is_not_read(name: str) -> None:
    found = read(build(name, NAMES), a_record(OFFERED, offset=7), a_record(OFFERED, offset=8))

    assert found == InRecords([], [], {TopicPartition("p-assignments", 3): 8})


@pytest.mark.parametrize("type_", [None, b"", b"assignment.offered.v2", b"something.else"])
def test_what_is_no_event_of_ours_is_a_dead_letter_still(type_: bytes | None) -> None:
    found = read(build("payout", NAMES), a_record(type_))

    assert (len(found.dead_letters), found.passed_over) == (1, {})


def test_an_event_of_another_topic_is_a_dead_letter_still() -> None:
    record = a_record(OFFERED)._replace(topic=NAMES.of(TASKS))

    assert len(read(build("qa", NAMES), record).dead_letters) == 1


def test_of_two_types_the_last_counts() -> None:
    record = a_record(OFFERED)
    twice = record._replace(headers=(*record.headers, ("ce_type", ANSWERED)))

    assert len(read(build("payout", NAMES), twice).dead_letters) == 1


def test_passing_one_over_makes_a_dozen_calls_at_most() -> None:
    service = build("payout", NAMES)
    reader = RecordReader(service, metrics_of(service))

    def calls_for(count: int) -> int:
        records = [a_record(OFFERED, offset=at) for at in range(count)]
        return calls_of(lambda: reader.read(records))

    assert calls_for(110) - calls_for(10) <= 100 * CALLS_MAX


def calls_of(do: Callable[[], object]) -> int:
    """How many functions are called, those written in C too."""
    count = 0

    def tell(_frame: FrameType, event: str, _about: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(tell)
    try:
        do()
    finally:
        sys.setprofile(before)
    return count


def test_it_is_counted_and_moves_how_far_the_partition_is_handled() -> None:
    world = World()
    answer = an_answer_on(world.broker)
    others = [
        answer._replace(offset=answer.offset + at, headers=(("ce_type", OFFERED),), value=b"?")
        for at in (1, 2)
    ]

    world.handle(answer, *others)

    after = {answer.place.marker: str(answer.offset + 3)}
    markers = world.server.slot(world.slot).twin.hash(f"{world.slot}:markers")
    assert markers | after == markers
    assert world.metric("outcomes", outcome="unchanged") == len(others)
    assert world.metric("records", topic="assignments") == 1 + len(others)
    assert world.pipelines.progress()[answer.place.marker] == answer.offset + 3


def test_a_batch_of_nothing_else_asks_redis_for_nothing_and_is_handled() -> None:
    world = World()
    record = an_answer_on(world.broker)._replace(headers=(("ce_type", OFFERED),), value=None)

    world.handle(record)

    assert not world.server.slot(world.slot).twin.items()
    assert world.pipelines.progress() == {record.place.marker: record.offset + 1}
