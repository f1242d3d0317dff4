"""Clocks: time as a parameter, so that tests can simulate it; moments as milliseconds."""

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol

EPOCH = datetime.fromtimestamp(0, UTC)
_MS = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Return whole milliseconds since 1970, as Kafka counts them; fractions are cut off."""
    return (moment - EPOCH) // _MS


@lru_cache(maxsize=8192)
def from_ms(ms: int) -> datetime:
    """Return the moment these milliseconds after 1970, in UTC.

    Cached, since every look at a task asks for its few moments again.
    """
    return EPOCH + timedelta(milliseconds=ms)


class Clock(Protocol):
    """A clock that can be simulated."""

    def now(self) -> datetime:
        """Return the current time in UTC, aware."""
        ...

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for this long."""
        ...

    def jitter(self, seconds: float) -> float:
        """Return a random time of half to all of it, so that waiting processes spread."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current time in UTC, aware."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait for this long."""
        await asyncio.sleep(seconds)

    def jitter(self, seconds: float) -> float:
        """Return a random time of half to all of it."""
        return seconds * random.uniform(0.5, 1.0)
