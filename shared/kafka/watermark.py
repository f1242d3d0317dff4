"""Watermarks: the time up to which every record that a broker had of a partition is handled.

The router asks them before it expires a seat: an answer that reached the broker before the
deadline must be handled first, however late this process reads it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.contracts.record import TopicPartition
from shared.contracts.topics import RESPONSES
from shared.pattern.service import Service

NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class WatermarkSample:
    """A partition at one moment.

    `polled_ms` is when the last fetch was answered, by this machine's clock, `highwater` the end of
    the partition in that answer, and `handled` the offset after the last record handled.
    """

    polled_ms: int
    highwater: int
    handled: int

    @property
    def waiting(self) -> int:
        """Number of records that are not handled yet."""
        return max(self.highwater - self.handled, 0)


@dataclass(slots=True)
class _Mark:
    """The watermark of one partition, and the next one it moves up to.

    `until_ms` is the watermark. It becomes `since_ms` once every record below `highwater` has been
    handled.
    """

    polled_ms: int | None = None
    since_ms: int | None = None
    highwater: int = 0
    until_ms: int | None = None

    def see(self, sample: WatermarkSample) -> None:
        """Move the watermark by a new sample.

        One fetch at a time is on its way, so the last one was sent after the answer before it came.
        Whatever the broker had when that earlier answer came lies below the end in the last answer.
        Example: answers at 10:00:00 and 10:00:01 with the end 7; with record 6 handled, the
        watermark is 10:00:00.
        """
        if sample.polled_ms != self.polled_ms:
            if self.polled_ms is not None and self.since_ms is None:
                self.since_ms, self.highwater = self.polled_ms, sample.highwater
            self.polled_ms = sample.polled_ms
        if self.since_ms is not None and sample.handled >= self.highwater:
            self.until_ms, self.since_ms = self.since_ms, None


class Watermarks:
    """The watermarks of the partitions that this process holds; the sweeper asks for them."""

    def __init__(self, *, skew_seconds: float, prefix: str = "") -> None:
        self._skew_seconds = skew_seconds
        self._responses = prefix + RESPONSES.name
        self._marks: dict[TopicPartition, _Mark] = {}
        self._held: frozenset[int] = frozenset()

    def partitions(self) -> Iterable[int]:
        """Return the numbers of the partitions of the timers topic that this process holds."""
        return sorted(self._held)

    def read_until(self, partition: int) -> datetime:
        """Return the time by which all responses of this partition on the broker were handled.

        It is earlier by as much as the broker's clock, which stamps responses, may be behind.
        """
        mark = self._marks.get(TopicPartition(self._responses, partition))
        if mark is None or mark.until_ms is None:
            return NEVER
        return datetime.fromtimestamp(mark.until_ms / 1000 - self._skew_seconds, UTC)

    def hold(self, service: Service, places: Iterable[TopicPartition]) -> None:
        """Hold these partitions from now on; their watermarks start anew."""
        timers = service.card.timers
        named = None if timers is None else service.names.of(timers)
        self._held = frozenset(place.partition for place in places if place.topic == named)
        self._marks = {}

    def see(self, place: TopicPartition, sample: WatermarkSample) -> None:
        """Move the watermark of a partition by a new sample."""
        self._marks.setdefault(place, _Mark()).see(sample)
