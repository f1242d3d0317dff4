"""A consumer that holds a partition before its own metadata names it compares that one too."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition as ClientPartition
from aiokafka.structs import OffsetAndMetadata

from shared.contracts.record import TopicPartition
from shared.contracts.topics import RESPONSES, Names
from shared.kafka.losses import Loss, Position
from shared.kafka.unread import Unread
from shared.pattern.service import Folds, Service
from tests.shared.kafka.consuming import CARD
from tests.shared.kafka.noting import Noted

TOPIC = RESPONSES.name
START = 7


class LateConsumer:
    """A client whose metadata names one partition of two that it was assigned."""

    def __init__(self) -> None:
        self._coordinator = SimpleNamespace(fetch_committed_offsets=self._committed)

    def assignment(self) -> set[ClientPartition]:
        return {ClientPartition(TOPIC, 0), ClientPartition(TOPIC, 1)}

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return {0} if topic == TOPIC else None

    async def beginning_offsets(self, parts: Iterable[ClientPartition]) -> dict[Any, int]:
        return dict.fromkeys(parts, START)

    async def _committed(self, parts: Iterable[ClientPartition]) -> dict[Any, OffsetAndMetadata]:
        return {part: OffsetAndMetadata(5, "") for part in parts}


async def test_a_partition_that_is_not_in_the_metadata_yet_is_compared() -> None:
    noted = Noted()
    unread = Unread(
        Service(CARD, (), Folds(), lambda _: "{payout}", Names("")),
        LateConsumer,
        losses=noted,
        incarnations=SimpleNamespace(of=lambda _: 0),  # type: ignore[arg-type]
    )

    assert await unread.compared()

    assert set(noted.losses.values()) == {Loss(TOPIC, at, 0, 5, START) for at in (0, 1)}
    assert noted.read[TopicPartition(TOPIC, 1)] == Position(0, START)
