"""The distinct texts among the answers to a task: what a second stage compares."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.qa.state import KeptAnswer
from shared.contracts.events.asked import Candidate
from shared.contracts.question import Answer, Question, text_of

_DIGITS = 32
"""Hex digits of the hash that names a candidate: it tells neither who wrote it nor its place.

They are so many that two people cannot find two texts with one name, which no task could compare.
"""


@dataclass(frozen=True, slots=True)
class Version:
    """One of the distinct texts that people gave to a task, and the answers that say it.

    `answers` come in the order of their assignment ids. Example: two people wrote the same text.
    """

    text: str
    answers: tuple[KeptAnswer, ...]

    @property
    def id(self) -> str:
        """The id under which it is a candidate."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:_DIGITS]

    @property
    def assignments(self) -> tuple[str, ...]:
        """The assignments that gave it, sorted."""
        return tuple(answer.assignment_id for answer in self.answers)

    def candidate(self) -> Candidate:
        """Return it as one of several things to compare."""
        return Candidate(id=self.id, text=self.text)

    def rank(self, weights: Mapping[str, float]) -> tuple[float, str]:
        """Return a key that sorts the text of the highest weighted author first."""
        highest = max(weights.get(name, 0.0) for name in self.assignments)
        return -highest, self.assignments[0]


def versions(answers: Iterable[KeptAnswer], asks: Question) -> tuple[Version, ...]:
    """Return the distinct texts among answers, in the order of their first assignment ids."""
    by_text: dict[str, list[KeptAnswer]] = {}
    for answer in sorted(answers, key=lambda one: one.assignment_id):
        by_text.setdefault(shown_of(asks.canonical(answer.answer)), []).append(answer)
    return tuple(Version(text, tuple(same)) for text, same in by_text.items())


def shown_of(answer: Answer) -> str:
    """Return what of an answer people compare: its text, where it has one.

    Example: `{"text": "Good day.", "unclear": []}` gives `Good day.`.
    """
    text = answer.get("text") if isinstance(answer, dict) else None
    return text if isinstance(text, str) else text_of(answer)
