"""Holds what must be followed by a fact within a time, and the facts, in any order."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

Fact = int
"""A digest of an event's kind and its ids: 64 bits tell the facts of some days apart."""


def fact(*words: object) -> Fact:
    """Return the digest of these words, such as ("verdict", task_id)."""
    text = "\x1f".join(map(str, words)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


class Memory:
    """Facts, each with a number, kept for some seconds after each was last added."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._facts: dict[Fact, tuple[float, int]] = {}
        self._last = (0.0, 0)

    def __contains__(self, one: Fact) -> bool:
        return one in self._facts

    def __len__(self) -> int:
        return len(self._facts)

    def keep(self, one: Fact, now: float, number: int = 0) -> int:
        """Keep a fact from now on, and return the number it was first kept with.

        Example: keep(f, 0, 7) and then keep(f, 1, 8) both return 7.
        """
        # Taken out and put in again, so that the facts stand in the order in which they expire.
        _, first = self._facts.pop(one, (now, number))
        if self._last != (now, first):
            self._last = (now, first)  # one for all facts of a moment
        self._facts[one] = self._last
        return first

    def forget(self, now: float) -> None:
        """Forget the facts that were last added too long ago."""
        for one in list(self._older(now - self._seconds)):
            del self._facts[one]

    def _older(self, moment: float) -> Iterator[Fact]:
        for one, (added_at, _) in self._facts.items():
            if added_at >= moment:
                return
            yield one


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that must be followed by any of these facts until `due`; `subject` are its ids."""

    what: str
    subject: str
    due: float
    any_of: tuple[Fact, ...]


class Expectations:
    """Everything that still waits, by the fact that it waits because of."""

    def __init__(self) -> None:
        self._waiting: dict[Fact, Expected] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, because: Fact, expected: Expected) -> None:
        """Expect `expected` to follow the fact `because`; an earlier expectation of it stays."""
        self._waiting.setdefault(because, expected)

    def settle(self, *memories: Memory) -> None:
        """Remove everything whose awaited fact is in one of these memories."""
        done = [
            because
            for because, expected in self._waiting.items()
            if any(one in memory for one in expected.any_of for memory in memories)
        ]
        for because in done:
            del self._waiting[because]

    def waiting(self) -> Iterator[Expected]:
        """Yield everything that waits."""
        yield from self._waiting.values()
