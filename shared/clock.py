"""Time as a parameter: what the pattern asks of a clock, and the machine's own."""

import asyncio
import random
import time
from datetime import UTC, datetime
from typing import Protocol


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
