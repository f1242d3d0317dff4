"""Says of each answer to a task how it stands in the verdict."""

from collections.abc import Mapping, Sequence

from services.qa.agreement import agreement_on
from services.qa.state import KeptAnswer
from shared.contracts.events.verdicts import Vote
from shared.contracts.question import Answer, Question


def votes_of(
    answers: Sequence[KeptAnswer], weights: Mapping[str, float], asks: Question, *, verdict: Answer
) -> tuple[Vote, ...]:
    """Return a vote for each answer: counted with its weight, by assignment, or surplus.

    Example: the answer of assignment `a-1` and `{"a-1": 0.8}` give a counted vote.
    """
    return tuple(
        Vote(
            assignment_id=answer.assignment_id,
            worker_id=answer.worker_id,
            answer=answer.answer,
            standing="surplus" if answer.assignment_id not in weights else "counted",
            late=answer.late,
            weight=weights.get(answer.assignment_id),
            digest=None if answer.answer is not None else answer.digest,
            drafted=answer.drafted,
            agrees=_agrees(answer, weights, asks, verdict),
        )
        for answer in answers
    )


def _agrees(
    answer: KeptAnswer, weights: Mapping[str, float], asks: Question, verdict: Answer
) -> bool | None:
    """Return whether a counted answer to a task with a draft says what the verdict says."""
    if answer.drafted is None or answer.assignment_id not in weights or answer.answer is None:
        return None
    if verdict is None:
        return False
    own, same = asks.canonical(answer.answer), agreement_on(asks).same
    return own == verdict if same is None else same(own, verdict, asks)
