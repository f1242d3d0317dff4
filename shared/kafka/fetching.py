"""Sets how long a broker waits for records before it answers a fetch of a consumer.

While records arrive, the consumer lets a broker wait for 100 KB or 40 ms ("gather"), so that
batches are large; longer for a service that nobody waits for. When none arrived for a while, it
lets a broker wait for the first record or 400 ms ("rest"), so that a quiet service sends few
fetches and still gets a record at once. Example: after 0.1 seconds without a record, the next fetch
waits for up to 400 ms.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer

from shared.kafka import internals


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a broker waits before it answers a fetch: for `bytes_min` bytes, at most `ms`."""

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
"""Seconds without a record after which fetches wait for the first record, and not for many. In
proportion longer where a broker gathers longer: a pause is not the end of what arrives."""


class Fetching:
    """Sets how long the next fetches of a consumer wait at the broker, by whether records arrive.

    `consumer` returns the consumer, or None before it exists. A broker gathers for `gather_ms`
    while records arrive, by default for as long as `GATHER` says. `rest` is the wait to use while
    none do, by default one byte or 400 ms. Example: `Fetching(lambda: consumer).gather()`.
    """

    def __init__(
        self,
        consumer: Callable[[], AIOKafkaConsumer | None],
        *,
        gather_ms: int | None = None,
        rest: Wait | None = None,
    ) -> None:
        self._consumer = consumer
        self._gather = Wait(GATHER.bytes_min, gather_ms or GATHER.ms)
        self._rest = rest or REST
        self._timer: asyncio.TimerHandle | None = None

    def gather(self) -> None:
        """Let the next fetches wait for many records; called when some have arrived."""
        self.stop()
        self._ask(self._gather)

    def rest_soon(self) -> None:
        """Let fetches wait for the first record, unless records come within `QUIET_SECONDS`."""
        self.stop()
        seconds = QUIET_SECONDS * max(1.0, self._gather.ms / GATHER.ms)
        self._timer = asyncio.get_running_loop().call_later(seconds, self._ask, self._rest)

    def stop(self) -> None:
        """Cancel the change that `rest_soon` has planned; how fetches wait stays as it is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ask(self, wait: Wait) -> None:
        consumer = self._consumer()
        if consumer is not None:
            internals.set_fetch_wait(consumer, bytes_min=wait.bytes_min, ms=wait.ms)
