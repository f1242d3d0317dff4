"""What a Redis server was asked: bytes, calls and writes, counted by the server itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import redis

Counts = Mapping[str, float]
CALLS = ("fcall", "fcall_ro")


@dataclass(frozen=True, slots=True)
class Reading:
    """Counters of a server up to a moment."""

    received: int
    sent: int
    commands: Mapping[str, int]


class Meter:
    """Counts what clients ask of a Redis server between two readings.

    The reading's own bytes are taken off: they are weighed once, at the beginning. Example:
    `before = meter.read(); ...; meter.since(before, records=1000)["writes"]` is 10.0 where each of
    1,000 records led to ten commands that write, in scripts or not.
    """

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(url)
        flags = {name: about["flags"] for name, about in self._commands().items()}
        self._writes = {name for name, found in flags.items() if _has(found, "write")}
        first, second = self.read(), self.read()
        self._own = (second.received - first.received, second.sent - first.sent)

    def read(self) -> Reading:
        """Read the server's counters."""
        about: Any = self._client.info("everything")
        calls = {
            name.removeprefix("cmdstat_"): int(found["calls"])
            for name, found in about.items()
            if name.startswith("cmdstat_")
        }
        received, sent = about["total_net_input_bytes"], about["total_net_output_bytes"]
        return Reading(int(received), int(sent), calls)

    def since(self, before: Reading, *, records: int) -> dict[str, float]:
        """What was asked after another reading, for each of so many records."""
        now = self.read()
        asked = {name: count - before.commands.get(name, 0) for name, count in now.commands.items()}
        sums = {
            "received": now.received - before.received - self._own[0],
            "sent": now.sent - before.sent - self._own[1],
            "calls": sum(asked.get(name, 0) for name in CALLS),
            "writes": sum(count for name, count in asked.items() if name in self._writes),
        }
        return {name: count / records for name, count in sums.items()}

    def cpu(self) -> float:
        """CPU seconds of the server up to now."""
        spent: Any = self._client.info("cpu")
        return float(spent["used_cpu_user"]) + float(spent["used_cpu_sys"])

    def _commands(self) -> Mapping[str, Any]:
        found: Any = self._client.command()
        return {str(name).lower(): about for name, about in found.items()}


def _has(flags: Any, flag: str) -> bool:
    return any(flag in (found, getattr(found, "decode", str)()) for found in flags)
