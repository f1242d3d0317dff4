"""Qa in memory: how to run it, and answers in one line."""

from services.qa.service import build
from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.topics import Names
from tests.support.builders import a_policy, an_answer
from tests.support.in_memory import InMemory

CAT, DOG, BIRD = "cat", "dog", "bird"
SURE = a_policy(answers_min=2, answers_max=3, confidence=0.8)
UNSURE = a_policy(answers_min=2, answers_max=3, confidence=0.9999)
QA = build(names=Names())


def qa_after(*events: Event) -> InMemory:
    """Return a qa that has heard these, one by one."""
    qa = InMemory(QA)
    qa.hear(*events)
    return qa


def verdict_after(*events: Event) -> VerdictReached:
    """Return the one verdict that qa reaches of these."""
    (verdict,) = qa_after(*events).of(VerdictReached)
    return verdict


def answers(**by_worker: str) -> list[Event]:
    """Return an answer of each worker named: `answers(w_1="cat")` is that of w-1."""
    return [an_answer(worker.replace("_", "-"), answer) for worker, answer in by_worker.items()]
