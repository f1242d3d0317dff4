"""A choice of 500 options from the task to the verdict, with every label as long as it may be."""

import pytest

from services.qa.decide import LESSONS_BYTES_MAX
from shared.contracts import envelope
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.options import LABELS_BYTES_MAX, OPTIONS_MAX
from shared.contracts.record import Outgoing
from shared.contracts.topics import BY_NAME, Names
from tests.services.qa.in_memory import qa_after
from tests.services.router.in_memory import a_desk
from tests.support.builders import a_policy, a_task, an_answer
from tests.support.people import answering

LABELS = tuple(f"intent {number:03} of some clients" for number in range(OPTIONS_MAX))
POLICY = a_policy(options=LABELS, answers_min=3, answers_max=3)
WORKERS = ("w-1", "w-2", "w-3")


def size_of(event: Event) -> tuple[int, int]:
    """The bytes of the event's record, and how many its topic takes."""
    sent: Outgoing = envelope.encode(event, Names(), source="s", cause="c", traceparent="")
    return len(sent.value or b""), BY_NAME[event.TOPIC.name].size_bytes_max


def test_the_labels_are_about_as_long_as_the_catalog_takes() -> None:
    assert 0.8 < sum(len(label) + 3 for label in LABELS) / LABELS_BYTES_MAX <= 1


async def test_an_offer_shows_the_labels_and_its_token_is_short() -> None:
    desk = await a_desk(*WORKERS)
    desk.hear(a_task(policy=POLICY))
    await desk.settle()

    offer = desk.offer("w-1")
    size, most = size_of(offer)

    assert offer.search is True
    assert offer.claims.asks == POLICY.asks
    assert len(offer.token) < 6 * 1024
    assert size < most
    assert desk.refused(answering(offer, "intent 500 of some clients")) == "bad_answer"
    (answered,) = desk.hear(answering(offer, LABELS[-1]))[:1]
    assert answered.model_dump()["answer"] == LABELS[-1]


async def test_an_answer_to_a_task_that_is_forgotten_is_checked_by_its_digests() -> None:
    desk = await a_desk(*WORKERS)
    desk.hear(a_task(policy=POLICY))
    await desk.settle()
    offer = desk.of(OfferMade)[0]
    empty = await a_desk()

    assert empty.refused(answering(offer, "no option")) == "bad_answer"
    assert empty.refused(answering(offer, LABELS[7])) == "not refused"


@pytest.mark.parametrize("numbers", [(1, 1, 1), (1, 2, 3), (499, 499, 0)])
def test_a_verdict_over_all_of_them_fits_its_topic(numbers: tuple[int, int, int]) -> None:
    answers = [an_answer(who, LABELS[at]) for who, at in zip(WORKERS, numbers, strict=True)]
    (verdict,) = qa_after(a_task(policy=POLICY), *answers).of(VerdictReached)
    size, most = size_of(verdict)

    assert size < most
    assert verdict.answer in {LABELS[at] for at in numbers}
    assert len(verdict.distribution) == OPTIONS_MAX
    assert abs(sum(verdict.distribution.values()) - 1) < 1e-3
    assert most >= LESSONS_BYTES_MAX + 48 * 1024
