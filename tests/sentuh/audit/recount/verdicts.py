"""The verdict that qa's agreement on some ballots leads to, for the recount to check."""

from collections.abc import Mapping, Sequence

from services.qa.agreement.terms import AgreedAnswer, Ballot
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from tests.services.router.builders import a_verdict


def a_verdict_of(
    outcome: AgreedAnswer, ballots: Sequence[Ballot[Answer]], weights: Mapping[str, float]
) -> VerdictReached:
    """The verdict that qa would reach."""
    cast = tuple(
        Vote(
            assignment_id=one.assignment_id,
            worker_id=one.worker_id,
            answer=one.answer,
            standing="counted",
            weight=weights[one.assignment_id],
        )
        for one in ballots
    )
    return a_verdict().model_copy(
        update={
            "answer": outcome.answer,
            "probability": outcome.probability,
            "distribution": {},
            "detail": outcome.detail,
            "votes": cast,
        }
    )
