"""What a consumer notes of losses, kept in this process instead of in Redis."""

from collections.abc import Iterable, Mapping

from shared.contracts.record import TopicPartition
from shared.kafka.losses import Loss, Losses, Position, Positions


class Noted(Losses):
    """Positions and losses of a consumer under test."""

    def __init__(self) -> None:
        self.losses: dict[tuple[str, int, int], Loss] = {}
        self.read: Positions = {}

    async def positions(self) -> Positions:
        return dict(self.read)

    def moved(self, positions: Mapping[TopicPartition | str, Position]) -> None:
        self.read.update(positions)

    async def note(self, losses: Iterable[Loss], positions: Positions) -> None:
        self.losses |= {(loss.topic, loss.partition, loss.first): loss for loss in losses}
        self.moved(positions)
