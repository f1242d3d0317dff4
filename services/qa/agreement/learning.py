"""What verdicts use that their task type has learned, and what they add to it, of any kind."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.qa.agreement.reliability import Population, Reliability
from services.qa.agreement.terms import AgreedAnswer, Agreement, Ballot, Lessons
from shared.contracts.events.used import Used
from shared.contracts.question import Answer, Question

Q = TypeVar("Q", bound=Question)
A = TypeVar("A", bound=Answer)
O = TypeVar("O", bound=AgreedAnswer)  # noqa: E741


@dataclass(frozen=True, slots=True)
class Basis(Generic[A]):
    """The ballots (counted answers) of a verdict, and the counters they were weighed by.

    workers: of each worker, by id. population: of all workers on the task type. truth: the right
    answer, where the task is a gold; None of any other.
    """

    ballots: Sequence[Ballot[A]]
    workers: Mapping[str, Reliability]
    population: Population
    truth: Answer = None


class Learning(Generic[Q, A, O]):
    """Uses nothing learned, and teaches nothing of the task type: that of most kinds."""

    def __init__(self, agreement: Agreement[Q, A, O]) -> None:
        """Hold the four functions of the kind, with what was learned in them."""
        self.agreement = agreement

    @property
    def calibrated(self) -> bool:
        """Whether golds have shown enough for the stated probability to be corrected by them."""
        return False

    def used(self, typical: float) -> Used | None:
        """Return every learned number a verdict depends on, `typical` among them, for the event."""
        del typical
        return None

    def stated(self, probability: float) -> float:
        """Return the probability to state, from the one that the votes make."""
        return probability

    def lessons(self, outcome: O, basis: Basis[A]) -> Lessons:
        """Return what a verdict teaches of its workers; a gold's by the truth."""
        return self.agreement.lessons(outcome, basis.ballots)

    def taught(self, outcome: O, basis: Basis[A]) -> dict[str, int]:
        """Return what a verdict adds to its task type's counters, beside its workers' lessons."""
        del outcome, basis
        return {}

    def confused(self, outcome: O, taught: Mapping[str, int]) -> tuple[str, str] | None:
        """Return two options that people take for each other across tasks, with what is `taught`.

        None where they do not, or where an earlier verdict has said so.
        """
        del outcome, taught
        return None


def confused_field(one: str, other: str) -> str:
    """Return the name of the field that says that these two options, sorted, were named."""
    return f"confused:{json.dumps([one, other], ensure_ascii=False)}"
