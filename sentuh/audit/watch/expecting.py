"""What must be followed by something within a time, and what has happened: in any order."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

Fact = int
"""A digest of what happened to what: 64 bits are enough to tell facts of some days apart."""


def fact(*words: object) -> Fact:
    """The digest of these words."""
    said = "\x1f".join(map(str, words)).encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big")


class Memory:
    """Facts, each with a number, for so many seconds since they were last seen."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._facts: dict[Fact, tuple[float, int]] = {}
        self._last = (0.0, 0)

    def __contains__(self, found: Fact) -> bool:
        return found in self._facts

    def __len__(self) -> int:
        return len(self._facts)

    def keep(self, found: Fact, now: float, number: int = 0) -> int:
        """Remember it from now on; returns the number it was first kept with."""
        _, first = self._facts.pop(found, (now, number))
        if self._last != (now, first):
            self._last = (now, first)  # one for all facts of a moment
        self._facts[found] = self._last
        return first

    def forget(self, now: float) -> None:
        """Let go of what was seen too long ago; facts stand in the order they were last seen in."""
        for found in list(self._older(now - self._seconds)):
            del self._facts[found]

    def _older(self, moment: float) -> Iterator[Fact]:
        for found, (seen, _) in self._facts.items():
            if seen >= moment:
                return
            yield found


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that waits for any of these facts until `due`. `subject` are ids to look for."""

    what: str
    subject: str
    due: float
    any_of: tuple[Fact, ...]


class Expectations:
    """Everything that still waits, by the fact that it waits."""

    def __init__(self) -> None:
        self._waiting: dict[Fact, Expected] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, because: Fact, expected: Expected) -> None:
        """It waits from now on; said again, the first word stands."""
        self._waiting.setdefault(because, expected)

    def settle(self, *memories: Memory) -> None:
        """Let go of what has been followed by what it waited for."""
        done = [
            because
            for because, expected in self._waiting.items()
            if any(found in memory for found in expected.any_of for memory in memories)
        ]
        for because in done:
            del self._waiting[because]

    def waiting(self) -> Iterator[Expected]:
        """All that waits."""
        yield from self._waiting.values()
