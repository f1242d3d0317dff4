"""What the recounts of all kinds share: their shape, and which votes a verdict counted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from sentuh.audit.report import Violation
from shared.contracts.events.parts import Policy
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Question

Q = TypeVar("Q", bound=Question)


def _for_any_reason(_: VerdictReached, __: TaskCreated) -> Iterator[Violation]:
    """Yield nothing: verdicts of most kinds do not say what their end followed from."""
    yield from ()


@dataclass(frozen=True)
class Recount(Generic[Q]):
    """How the audit checks verdicts on one kind of question, written apart from qa's agreement.

    `question_without_task(verdict)` is the question as far as a verdict alone tells, for one whose
    task is no longer kept; None where it does not tell. `wrong(verdict, question)` yields what does
    not follow from the verdict's votes, `too_early(verdict, policy)` what is wrong with a verdict
    that says it stopped because it was sure, and `stopped(verdict, task)` one that stopped for
    another reason than what it says it used, where the kind's verdicts say so.
    """

    question_without_task: Callable[[VerdictReached], Q | None]
    wrong: Callable[[VerdictReached, Q], Iterator[Violation]]
    too_early: Callable[[VerdictReached, Policy], Iterator[Violation]]
    stopped: Callable[[VerdictReached, TaskCreated], Iterator[Violation]] = _for_any_reason


def weighed(verdict: VerdictReached, question: Question) -> tuple[list[Vote], list[Violation]]:
    """Return the counted votes that fit the question, by assignment id, or what is wrong with them.

    Without votes there is nothing to recompute: some are named by digest alone, one has no weight,
    or none fits. Example: two votes of which one has no weight: no votes, and one violation.
    """
    votes = sorted(counted(verdict), key=lambda vote: vote.assignment_id)
    if any(vote.digest is not None for vote in votes):
        return [], []
    valid = [vote for vote in votes if question.problem_with(vote.answer) is None]
    unweighed = [vote.assignment_id for vote in valid if vote.weight is None]
    if unweighed:
        subject = f"{verdict.task_id} {' '.join(unweighed)}"
        return [], [Violation(subject, "counted without a weight")]
    if not valid and verdict.answer is not None:
        return [], [Violation(verdict.task_id, "has an answer without any valid vote")]
    return valid, []


def counted(verdict: VerdictReached) -> list[Vote]:
    """Return the counted votes, each answer once: counting one twice is another invariant's."""
    votes: dict[str, Vote] = {}
    for vote in verdict.votes:
        if vote.standing == "counted":
            votes.setdefault(vote.assignment_id, vote)
    return list(votes.values())
