"""What workers and qa say about a task: responses to a letter, reviews, verdicts."""

from shared.contracts.events.offers import OfferMade
from shared.contracts.events.responses import OfferAccepted, OfferAnswered, OfferDeclined
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from tests.support.builders import NOW, POOL, TASK_TYPE, a_ref


def accepting(letter: OfferMade, **changed: object) -> OfferAccepted:
    """The worker takes the seat."""
    return OfferAccepted.model_validate(_response(letter) | changed)


def declining(letter: OfferMade, **changed: object) -> OfferDeclined:
    """The worker gives the seat back."""
    return OfferDeclined.model_validate(_response(letter) | changed)


def answering(letter: OfferMade, answer: str = "cat", **changed: object) -> OfferAnswered:
    """The worker's answer."""
    return OfferAnswered.model_validate(_response(letter) | {"answer": answer} | changed)


def _response(letter: OfferMade) -> dict[str, object]:
    return {
        "pool": letter.pool,
        "at": letter.at,
        "task_id": letter.claims.task_id,
        "worker_id": letter.claims.worker_id,
        "token": letter.token,
    }


def a_review(wanted: int, task_id: str = "t-1") -> ReviewRequested:
    return ReviewRequested(
        pool=POOL, at=NOW, task_id=task_id, task_type=TASK_TYPE, wanted=wanted, probability=0.6
    )


def a_verdict(task_id: str = "t-1", by: str = "people") -> VerdictReached:
    return VerdictReached.model_validate(
        {
            "pool": POOL,
            "at": NOW,
            "task_id": task_id,
            "task_type": TASK_TYPE,
            "ref": a_ref(task_id),
            "by": by,
            "answer": "cat",
            "probability": 0.97,
            "distribution": {"cat": 0.97},
            "stop_reason": "confident",
            "created_at": NOW,
        }
    )
