"""How long a broker waits before it answers a fetch: it gathers while records come, else it rests.

aiokafka's fetcher looks at its two numbers each time it asks. At rest the first record ends the
wait, on whichever partition asked about it comes; and every partition is asked about, because the
fetcher leaves out only those of which records lie fetched and not taken, and while a batch is
handled it gathers.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer

from shared.kafka import internals


@dataclass(frozen=True, slots=True)
class Wait:
    """A broker answers once it has so many bytes, and after so many milliseconds in any case."""

    bytes_min: int
    ms: int


GATHER = Wait(100_000, 40)
"""What comes within that time is one batch. At a middling load, small batches would keep broker and
services busy with trips alone. A broker is asked one question at a time: about a partition that was
still being handled then, nothing new is heard before that question was answered."""
REST = Wait(1, 400)
"""A watermark stands two answers behind at the most, so no deadline waits a second for them. What
is asked of the broker besides, by the same connection, waits behind it too: after a rebalance the
first fetch."""
QUIET_SECONDS = 0.1
"""Nothing came for so long: it rests."""


class Fetching:
    """Tells a consumer's fetcher how to ask from its next question on."""

    def __init__(
        self, consumer: Callable[[], AIOKafkaConsumer | None], *, rest: Wait | None = None
    ) -> None:
        self._consumer = consumer
        self._rest = rest or REST
        self._timer: asyncio.TimerHandle | None = None

    def gather(self) -> None:
        """Records came."""
        self.stop()
        self._ask(GATHER)

    def rest_soon(self) -> None:
        """Nothing is in flight: unless something comes, rest."""
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(QUIET_SECONDS, self._ask, self._rest)

    def stop(self) -> None:
        """Leave it as it is."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ask(self, wait: Wait) -> None:
        consumer = self._consumer()
        if consumer is not None:
            internals.set_fetch_wait(consumer, bytes_min=wait.bytes_min, ms=wait.ms)
