"""Payout in memory: how to run it, and the verdict it waits for."""

from services.payout.service import build
from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.topics import Names
from tests.support.builders import NOW, POOL, TASK_TYPE, a_ref, after
from tests.support.in_memory import InMemory

PAYOUT = build(names=Names())


def payout_after(*events: Event) -> InMemory:
    """Return a payout that has heard these; it keeps no outcomes, so its state alone must tell."""
    payout = InMemory(PAYOUT, keeps_outcomes=False)
    payout.now = after(90)
    payout.hear(*events)
    return payout


def a_verdict(answer: str = "cat", *, task_id: str = "t-1", by: str = "people") -> VerdictReached:
    return VerdictReached.model_validate(
        {
            "pool": POOL,
            "at": after(60),
            "task_id": task_id,
            "task_type": TASK_TYPE,
            "ref": a_ref(task_id),
            "by": by,
            "answer": answer,
            "probability": 0.97,
            "distribution": {answer: 0.97},
            "stop_reason": "confident",
            "created_at": NOW,
        }
    )
