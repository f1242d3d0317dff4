"""Publishing: others hear of a fact before it stands in the journal, and nothing goes out late."""

from collections.abc import Sequence

import pytest

from shared.contracts.errors import Overtaken
from shared.contracts.record import Ack, Outgoing, TopicPartition
from tests.shared.pattern.piping import World

JOURNAL, OFFERS = "earnings", "offers"


def a_record(topic: str, value: bytes = b"{}") -> Outgoing:
    return Outgoing(topic, b"k", value, ())


def publish(world: World, records: Sequence[Outgoing], *, age_seconds: float = 0.0) -> list[Ack]:
    """Publish records that Redis confirmed this long ago; returns the acks of the journal."""
    publishing = world.dependencies.publishing(publish_seconds=10.0)
    confirmed_at = world.dependencies.clock.monotonic() - age_seconds
    acks: list[Ack] = []

    async def act() -> None:
        acks.extend(await publishing.in_order(records, confirmed_at=confirmed_at))

    world.run(act())
    return acks


def test_records_for_others_are_published_before_the_journal() -> None:
    world = World()
    publish(world, [a_record(JOURNAL), a_record(OFFERS), a_record(JOURNAL), a_record(OFFERS)])

    assert world.did == [f"publish to {topic}" for topic in (OFFERS, OFFERS, JOURNAL, JOURNAL)]


def test_only_acks_of_the_journal_come_back_in_the_order_of_its_records() -> None:
    acks = publish(World(), [a_record(OFFERS), a_record(JOURNAL), a_record(JOURNAL)])

    assert {ack.place.topic for ack in acks} == {JOURNAL}
    assert [ack.offset for ack in acks] == [0, 1]


def test_nothing_is_published_later_than_the_bound() -> None:
    world = World()
    with pytest.raises(Overtaken, match="recall before publishing"):
        publish(world, [a_record(OFFERS), a_record(JOURNAL)], age_seconds=10.1)

    assert not world.did
    assert world.failures() == {"publish": 1}


def test_no_records_are_no_failure_however_late() -> None:
    assert publish(World(), [], age_seconds=99.0) == []


def test_the_marker_of_an_ack_names_topic_and_partition() -> None:
    assert TopicPartition(JOURNAL, 3).marker == "earnings:3"


def test_published_records_are_counted_by_topic() -> None:
    world = World()
    publish(world, [a_record(JOURNAL), a_record(JOURNAL)])

    assert world.metric("published", topic=JOURNAL) == 2
