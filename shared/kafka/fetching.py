"""How long a broker gathers records before it answers a fetch: two settings of one consumer.

While records come the consumer *gathers*: a broker waits for 100 KB or 40 ms, so that batches are
large. When none came for a while it *rests*: a broker waits for the first record or 400 ms, so
that a quiet service asks seldom and still reads a record as soon as it comes.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer

from shared.kafka import internals


@dataclass(frozen=True, slots=True)
class Wait:
    """A broker answers a fetch once it has `bytes_min`, and after `ms` in any case."""

    bytes_min: int
    ms: int


GATHER = Wait(100_000, 40)
"""Records of 40 ms are one batch: with smaller ones, at a middling load, broker and services would
be busy with trips alone. Not longer: a broker answers one fetch at a time, and a fetch leaves out
partitions whose records are being handled. They wait until it is answered."""
REST = Wait(1, 400)
"""A watermark is at most two answers to fetches behind, so 400 ms keep every deadline within a
second. Not longer: other requests on the same connection wait behind the fetch, such as the first
one after a rebalance."""
QUIET_SECONDS = 0.1
"""After this long without a record the consumer rests."""


class Fetching:
    """Sets what a consumer's next fetch asks for."""

    def __init__(
        self, consumer: Callable[[], AIOKafkaConsumer | None], *, rest: Wait | None = None
    ) -> None:
        self._consumer = consumer
        self._rest = rest or REST
        self._timer: asyncio.TimerHandle | None = None

    def gather(self) -> None:
        """Gather from the next fetch on, since records came."""
        self.stop()
        self._ask(GATHER)

    def rest_soon(self) -> None:
        """Rest from the next fetch on, unless records come before `QUIET_SECONDS` are over."""
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(QUIET_SECONDS, self._ask, self._rest)

    def stop(self) -> None:
        """Change nothing more: cancel the pending change to rest."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ask(self, wait: Wait) -> None:
        consumer = self._consumer()
        if consumer is not None:
            internals.set_fetch_wait(consumer, bytes_min=wait.bytes_min, ms=wait.ms)
