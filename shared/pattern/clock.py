"""Time as a parameter: what the pattern asks of a clock, the machine's own, moments as numbers."""

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime.fromtimestamp(0, UTC)
_MS = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, as the broker counts; what is left over is cut off."""
    return (moment - EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """The moment, in UTC."""
    return EPOCH + timedelta(milliseconds=ms)


class Clock(Protocol):
    """A clock that can be simulated."""

    def now(self) -> datetime:
        """Aware time in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    def jitter(self, seconds: float) -> float:
        """Between half of it and the whole, so that waiting processes spread."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Aware time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    def jitter(self, seconds: float) -> float:
        """Between half of it and the whole."""
        return seconds * random.uniform(0.5, 1.0)
