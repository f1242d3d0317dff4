"""What qa says about a task: reviews and verdicts."""

from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from tests.support.builders import NOW, POOL, TASK_TYPE, a_ref


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
