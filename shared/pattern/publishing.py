"""Publishing: records for others first, then the journal's, and none of them too late."""

from collections.abc import Collection, Sequence
from typing import Protocol

from shared.contracts.errors import Overtaken
from shared.contracts.record import Ack, Outgoing
from shared.observe.metrics import PatternMetrics
from shared.pattern.clock import Clock


class Publisher(Protocol):
    """Publishes records and waits until the broker has them."""

    async def send(self, records: Sequence[Outgoing]) -> Sequence[Ack]:
        """Publish in this order, await every ack under a timeout, and return the acks.

        Raises TransientError where any ack did not come: which records were published is then
        unknown, and all of them are to be published again.
        """
        ...


class Publishing:
    """Publishes committed records, in the one order that keeps the journal true.

    publish_seconds: nothing is published later than this after Redis last confirmed it. Past that
        bound the records may be out of date, because the sweeper or another process may already
        have published them, or state may have been rebuilt: recall them from Redis first.
    """

    def __init__(
        self,
        publisher: Publisher,
        *,
        journals: Collection[str],
        clock: Clock,
        metrics: PatternMetrics,
        publish_seconds: float,
    ) -> None:
        self._publisher = publisher
        self._journals = journals
        self._clock = clock
        self._metrics = metrics
        self._publish_seconds = publish_seconds

    def is_journal(self, record: Outgoing) -> bool:
        """Whether the record belongs to a journal of the service's own."""
        return record.topic in self._journals

    async def in_order(self, records: Sequence[Outgoing], *, confirmed_at: float) -> Sequence[Ack]:
        """Publish records for other topics first, then those of the service's own journal.

        Returns Kafka's acknowledgements of the journal's records, in their order. `confirmed_at` is
        the monotonic time at which Redis last confirmed the records. Raises Overtaken where that is
        more than `publish_seconds` ago, TransientError where Kafka does not answer.
        """
        # Others first: a fact that stands in the journal has been told to everyone. The other way
        # round, a crash between the two would leave a fact that nobody else ever hears of.
        await self.send([one for one in records if not self.is_journal(one)], confirmed_at)
        return await self.send([one for one in records if self.is_journal(one)], confirmed_at)

    async def send(self, records: Sequence[Outgoing], confirmed_at: float) -> Sequence[Ack]:
        """Publish these records in one go. Raises as `in_order` does."""
        if not records:
            return ()
        with self._metrics.failing("publish"):
            if self._clock.monotonic() - confirmed_at > self._publish_seconds:
                raise Overtaken("too long since Redis confirmed it: recall before publishing")
            acks = await self._publisher.send(records)
        self._metrics.sent([record.topic for record in records])
        return acks
