"""Answers that come twice, late, early or after the end: each has one outcome, by the rules."""

import time
from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from shared.contracts.events.assignments import AssignmentAnswered, AssignmentExpired, TaskClosed
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import natural_id
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS, RESPONSES
from tests.journeys.hostile import SOURCE, claims, raw, token
from tests.journeys.people import People
from tests.journeys.stack import Platform
from tests.journeys.wire import Wire
from tests.support.people import answering


def ask(wire: Wire, scene: str) -> str:
    """Send an unsure output of a scene's task type; the id of its task."""
    payload: JsonValue = {"answer": "right", "confidence": {"value": 0.1}}
    sent: JsonValue = {"source": SOURCE, "id": scene, "task_type": scene, "response": payload}
    wire.send(MODEL_OUTPUTS, raw(sent))
    return natural_id("output", SOURCE, scene)


def offered(wire: Wire, people: People, scene: str, worker: str) -> OfferMade:
    """A worker who alone can take a scene's task, and the offer of it."""
    people.join(worker, skills={scene: 1})
    return people.offer(worker, ask(wire, scene))


def answered(wire: Wire, offer: OfferMade) -> AssignmentAnswered:
    """What the router says of the answer."""
    return wire.until(lambda: wire.of(AssignmentAnswered, assignment_id=_assignment(offer)))[0]


def paid(wire: Wire, offer: OfferMade) -> EarningAccrued:
    """The one earning of an offer."""
    (line,) = wire.until(lambda: wire.of(EarningAccrued, assignment_id=_assignment(offer)))
    return line


def verdict(wire: Wire, offer: OfferMade) -> VerdictReached:
    """The one verdict on an offer's task."""
    (found,) = wire.until(lambda: wire.of(VerdictReached, task_id=offer.claims.task_id))
    return found


def standings(verdict: VerdictReached) -> dict[str, str]:
    """Who said something, and whether it counted."""
    return {vote.worker_id: vote.standing for vote in verdict.votes}


def expired(wire: Wire, offer: OfferMade) -> None:
    """Wait until the lease has ended."""
    wire.until(lambda: wire.of(AssignmentExpired, assignment_id=_assignment(offer)))


def _assignment(offer: OfferMade) -> str:
    return offer.claims.assignment_id


def test_answer_sent_a_hundred_times_is_one_answer_and_one_earning(
    platform: Platform, wire: Wire, people: People
) -> None:
    offer = offered(wire, people, "copies", "auth0|w-copies")
    said = answering(offer, "right", at=datetime.now(UTC))

    for _ in range(100):
        wire.say(said)

    assert standings(verdict(wire, offer)) == {"auth0|w-copies": "counted"}
    assert paid(wire, offer).quote == offer.claims.quote
    wire.until(platform.quiet)
    wire.still(0.3)
    assert len(wire.of(AssignmentAnswered, task_id=offer.claims.task_id)) == 1
    assert len(wire.of(EarningConfirmed, task_id=offer.claims.task_id)) == 1
    assert wire.records(DEAD_LETTERS["router"]) == []


def test_late_answer_is_paid_and_not_counted(wire: Wire, people: People) -> None:
    late = offered(wire, people, "late", "a")
    expired(wire, late)

    people.answer(late, "wrong")
    assert answered(wire, late).late
    assert paid(wire, late).quote == late.claims.quote

    people.join("a:lanes", skills={"late": 1})
    offer = people.offer("a:lanes", late.claims.task_id)
    people.answer(offer, "right")

    found = verdict(wire, offer)
    assert found.answer == "right"
    assert standings(found) == {"a": "surplus", "a:lanes": "counted"}


@pytest.mark.real_kafka
def test_answer_in_time_that_is_read_after_an_outage_is_in_time(
    platform: Platform, wire: Wire, people: People
) -> None:
    offer = offered(wire, people, "outage", "w-outage")

    with platform.paused("router"):
        people.answer(offer, "right")
        left = (offer.claims.accept_by - datetime.now(UTC)).total_seconds()
        assert left > 0
        time.sleep(left + 1)

    assert not answered(wire, offer).late
    assert standings(verdict(wire, offer)) == {"w-outage": "counted"}
    assert wire.of(AssignmentExpired, assignment_id=_assignment(offer)) == []


def test_answer_before_qa_knows_its_task_is_counted(
    platform: Platform, wire: Wire, people: People
) -> None:
    people.join("w-early", skills={"early": 1})
    with platform.paused("qa"):
        offer = people.offer("w-early", ask(wire, "early"))
        people.answer(offer, "right")
        answered(wire, offer)

    assert standings(verdict(wire, offer)) == {"w-early": "counted"}


def test_answer_after_the_task_was_closed_is_paid_and_changes_nothing(
    platform: Platform, wire: Wire, people: People
) -> None:
    slow = offered(wire, people, "closed", "w-slow")
    expired(wire, slow)
    people.join("w-quick", skills={"closed": 1})
    quick = people.offer("w-quick", slow.claims.task_id)
    people.answer(quick, "right")
    before = verdict(wire, quick)
    wire.until(lambda: wire.of(TaskClosed, task_id=slow.claims.task_id))

    people.answer(slow, "wrong")

    assert answered(wire, slow).late
    assert paid(wire, slow).quote == slow.claims.quote
    wire.until(platform.quiet)
    assert verdict(wire, quick) == before
    assert standings(before) == {"w-quick": "counted"}


def test_answer_after_the_workers_own_decline_is_refused_and_not_paid(
    platform: Platform, wire: Wire, people: People
) -> None:
    offer = offered(wire, people, "declined", "w-declines")
    people.decline(offer)
    people.answer(offer, "right")

    def letters() -> list[str | None]:
        return [
            letter.header("dl_reason")
            for letter in wire.records(DEAD_LETTERS["router"])
            if letter.header("dl_topic") == wire.names.of(RESPONSES)
            and offer.claims.task_id.encode() == letter.key
        ]

    assert wire.until(letters) == ["assignment_ended"]
    wire.until(platform.quiet)
    wire.still(0.3)
    assert wire.of(EarningAccrued, assignment_id=_assignment(offer)) == []


def test_answer_under_a_forgotten_offer_is_kept_as_late_and_paid(wire: Wire) -> None:
    forgotten = claims("w-forgotten", "t-forgotten", assignment_id="a-forgotten")
    said = OfferAnswered(
        pool="main", at=datetime.now(UTC), task_id="t-forgotten", worker_id="w-forgotten",
        token=token(forgotten), answer="1",
    )  # fmt: skip

    wire.say(said)

    (kept,) = wire.until(lambda: wire.of(AssignmentAnswered, assignment_id="a-forgotten"))
    (line,) = wire.until(lambda: wire.of(EarningAccrued, assignment_id="a-forgotten"))
    assert kept.late is True
    assert kept.answer == "1"
    assert line.quote == forgotten.quote
