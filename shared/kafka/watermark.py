"""Up to which moment everything the broker had of a partition has been handled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.contracts.record import TopicPartition
from shared.contracts.topics import RESPONSES
from shared.pattern.service import Service

NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class WatermarkSample:
    """A partition at one moment: its last fetch's answer, and how far it has been handled.

    `polled_ms` is when that answer came, by this machine's clock; `highwater` the end it told.
    """

    polled_ms: int
    highwater: int
    handled: int

    @property
    def waiting(self) -> int:
        """Records not yet handled."""
        return max(self.highwater - self.handled, 0)


@dataclass(slots=True)
class _Mark:
    """`until_ms` holds already; `since_ms` will once everything below `highwater` is handled."""

    polled_ms: int | None = None
    since_ms: int | None = None
    highwater: int = 0
    until_ms: int | None = None

    def see(self, sample: WatermarkSample) -> None:
        """Take note of a sample.

        One fetch at a time is on its way, so the fetch answered last was sent after the answer
        before it had come: what the broker had by then lies below the end it told.
        """
        if sample.polled_ms != self.polled_ms:
            if self.polled_ms is not None and self.since_ms is None:
                self.since_ms, self.highwater = self.polled_ms, sample.highwater
            self.polled_ms = sample.polled_ms
        if self.since_ms is not None and sample.handled >= self.highwater:
            self.until_ms, self.since_ms = self.since_ms, None


class Watermarks:
    """The marks of the partitions this process holds now; what a sweeper asks of a consumer."""

    def __init__(self, *, skew_seconds: float, prefix: str = "") -> None:
        self._skew_seconds = skew_seconds
        self._responses = prefix + RESPONSES.name
        self._marks: dict[TopicPartition, _Mark] = {}
        self._held: frozenset[int] = frozenset()

    def partitions(self) -> Iterable[int]:
        """Numbers of the timers' partitions this process holds now."""
        return sorted(self._held)

    def read_until(self, partition: int) -> datetime:
        """Every response of this partition that the broker had by then has been handled.

        Earlier by as much as the broker's clock, which stamps responses, may be behind ours.
        """
        mark = self._marks.get(TopicPartition(self._responses, partition))
        if mark is None or mark.until_ms is None:
            return NEVER
        return datetime.fromtimestamp(mark.until_ms / 1000 - self._skew_seconds, UTC)

    def hold(self, service: Service, places: Iterable[TopicPartition]) -> None:
        """These partitions are held from now on; nothing is known of them yet."""
        timers = service.card.timers
        named = None if timers is None else service.names.of(timers)
        self._held = frozenset(place.partition for place in places if place.topic == named)
        self._marks = {}

    def see(self, place: TopicPartition, sample: WatermarkSample) -> None:
        """Take note of a partition's state."""
        self._marks.setdefault(place, _Mark()).see(sample)
