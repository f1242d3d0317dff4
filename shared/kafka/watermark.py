"""Computes, for each partition, the time up to which every record on the broker has been handled.

That time is the partition's watermark. The router asks for it before it lets a worker's offer
expire: an answer that reached the broker before the deadline must be handled first, however late
this process reads it. Example: a watermark of 10:00:00 allows offers due at 09:59:59 to expire.
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
    """The state of reading one partition at one moment.

    `polled_ms` is when the last fetch was answered, by this machine's clock, `highwater` the end of
    the partition in that answer, and `handled` the offset behind the last record handled. Example:
    `WatermarkSample(polled_ms=1767225600000, highwater=7, handled=5)` has 2 records waiting.
    """

    polled_ms: int
    highwater: int
    handled: int

    @property
    def waiting(self) -> int:
        """Number of records in the partition that are not handled yet."""
        return max(self.highwater - self.handled, 0)


@dataclass(slots=True)
class _Mark:
    """The watermark of one partition, and the time to which it moves next.

    `until_ms` is the watermark: every record that the broker had by then is handled. It becomes
    `since_ms` once every record below `highwater` has been handled. Example: `_Mark().until_ms` is
    None.
    """

    polled_ms: int | None = None
    since_ms: int | None = None
    highwater: int = 0
    until_ms: int | None = None

    def see(self, sample: WatermarkSample) -> None:
        """Move the watermark forward if the new sample allows it.

        Only one fetch is under way at a time, so the last one was sent after the answer before it
        arrived. All records that the broker had at that earlier answer lie below the end in the
        last answer. Example: answers at 10:00:00 and 10:00:01 with the end 7; with record 6
        handled, the watermark is 10:00:00.
        """
        if sample.polled_ms != self.polled_ms:
            if self.polled_ms is not None and self.since_ms is None:
                self.since_ms, self.highwater = self.polled_ms, sample.highwater
            self.polled_ms = sample.polled_ms
        if self.since_ms is not None and sample.handled >= self.highwater:
            self.until_ms, self.since_ms = self.since_ms, None


class Watermarks:
    """The times up to which the records of this process's partitions have been handled.

    `skew_seconds` is how far the broker's clock may be behind; `prefix` begins the topics' names.
    Example: `Watermarks(skew_seconds=1).read_until(0)` is 1970 before the first sample.
    """

    def __init__(self, *, skew_seconds: float, prefix: str = "") -> None:
        self._skew_seconds = skew_seconds
        self._responses = prefix + RESPONSES.name
        self._marks: dict[TopicPartition, _Mark] = {}
        self._held: frozenset[int] = frozenset()

    def partitions(self) -> Iterable[int]:
        """Return the numbers of the partitions of the timers topic that this process holds."""
        return sorted(self._held)

    def read_until(self, partition: int) -> datetime:
        """Return a time: every response that reached this partition before it has been handled.

        It is `skew_seconds` earlier than measured, since the broker's clock, which stamps
        responses, may be behind. Before the first measurement it is 1970. Example: 09:59:59 for a
        watermark of 10:00:00.
        """
        mark = self._marks.get(TopicPartition(self._responses, partition))
        if mark is None or mark.until_ms is None:
            return NEVER
        return datetime.fromtimestamp(mark.until_ms / 1000 - self._skew_seconds, UTC)

    def hold(self, service: Service, places: Iterable[TopicPartition]) -> None:
        """Note that these partitions are assigned from now on; forget the times measured before."""
        timers = service.card.timers
        named = None if timers is None else service.names.of(timers)
        self._held = frozenset(place.partition for place in places if place.topic == named)
        self._marks = {}

    def see(self, place: TopicPartition, sample: WatermarkSample) -> None:
        """Move the watermark of one partition forward if the new sample allows it."""
        self._marks.setdefault(place, _Mark()).see(sample)
