"""An assignment of partitions that nobody takes away, for batches that no consumer reads."""

from collections.abc import Callable, Mapping

from shared.contracts.record import TopicPartition
from shared.kafka.batches import Fate


class Forever:
    """An assignment that stays. `offsets` is what was acknowledged, `acknowledges` how that ends.

    Example: `await batches.take(records, Forever())`.
    """

    def __init__(self, acknowledges: Callable[[], Fate] = lambda: Fate.GO_ON) -> None:
        self.offsets: dict[TopicPartition, int] = {}
        self._acknowledges = acknowledges

    def is_over(self) -> bool:
        """Whether it was taken away: never."""
        return False

    async def acknowledge(self, offsets: Mapping[TopicPartition, int]) -> Fate:
        """Remember these offsets, if they are taken."""
        fate = self._acknowledges()
        if fate is Fate.GO_ON:
            self.offsets.update(offsets)
        return fate
