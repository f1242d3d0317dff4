"""Qa told what happened, and what it said to it."""

from services.qa.wiring import build
from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.topics import Names
from tests.builders import a_policy, an_answer
from tests.running import Running

CAT, DOG, BIRD = "cat", "dog", "bird"
SURE = a_policy(least=2, most=3, confidence=0.8)
UNSURE = a_policy(least=2, most=3, confidence=0.9999)


def qa() -> Running:
    return Running(build(names=Names()))


def heard(*events: Event) -> Running:
    running = qa()
    running.hear(*events)
    return running


def verdict_of(*events: Event) -> VerdictReached:
    (verdict,) = heard(*events).of(VerdictReached)
    return verdict


def answers(**said: str) -> list[Event]:
    return [an_answer(worker.replace("_", "-"), answer) for worker, answer in said.items()]
