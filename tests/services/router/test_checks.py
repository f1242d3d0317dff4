"""A response is held against its token before anything is decided."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.router import tokens
from shared.contracts.events.assignments import (
    AssignmentAnswered,
    AssignmentDeclined,
    AssignmentOffered,
)
from shared.contracts.events.offers import OfferMade
from tests.services.router.in_memory import SETTINGS, Desk, a_desk
from tests.support.builders import a_policy, a_task
from tests.support.people import accepting, answering, declining


async def with_an_offer() -> Desk:
    desk = await a_desk("w-1", "w-2")
    desk.hear(a_task(policy=a_policy(answers_min=2)))
    return desk


async def test_the_journal_knows_only_the_hash_of_the_token() -> None:
    desk = await with_an_offer()
    offer = desk.offer("w-1")
    (offered,) = [o for o in desk.of(AssignmentOffered) if o.worker_id == "w-1"]

    assert tokens.verify(offer.token, SETTINGS.keys) == offer.claims
    assert offered.token_hash == tokens.sha256_of(offer.token)
    assert offer.token not in offered.model_dump_json()


@pytest.mark.parametrize("respond", [accepting, declining, answering])
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"worker_id": "w-2"}, "worker_mismatch"),
        ({"pool": "other"}, "pool_mismatch"),
        ({"task_id": "t-2"}, "key_mismatch"),
        ({"token": ""}, "bad_token"),
        ({"token": "..."}, "bad_token"),
        ({"token": "k2.e30.e30"}, "bad_key"),
        ({"token": "k1.e30.e30"}, "bad_signature"),
    ],
)
async def test_a_response_that_disagrees_with_its_token_is_refused(
    respond: object, changed: dict[str, object], reason: str
) -> None:
    desk = await with_an_offer()
    response = respond(desk.offer("w-1"), **changed)  # type: ignore[operator]
    before = {key: str(value) for key, value in desk.twin.items().items()}

    assert desk.refused(response) == reason
    assert {key: str(value) for key, value in desk.twin.items().items()} == before


async def test_another_workers_token_is_refused() -> None:
    desk = await with_an_offer()
    stolen = answering(desk.offer("w-2"), worker_id="w-1")

    assert desk.refused(stolen) == "worker_mismatch"


@pytest.mark.parametrize("answer", ["fish", "CAT", "cat ", "0"])
async def test_an_answer_that_is_no_option_is_refused(answer: str) -> None:
    desk = await with_an_offer()

    assert desk.refused(answering(desk.offer("w-1"), answer)) == "bad_answer"


async def test_a_token_is_not_honoured_for_ever() -> None:
    desk = await with_an_offer()
    offer = desk.offer("w-1")
    end = offer.claims.answer_by + timedelta(days=14)

    assert desk.refused(answering(offer), at=end + timedelta(seconds=1)) == "assignment_ended"
    desk.hear(answering(offer), at=end)


@pytest.mark.parametrize("respond", [accepting, declining, answering])
@pytest.mark.parametrize("year", [1970, 1999])
async def test_a_response_at_a_time_that_no_event_can_state_is_refused(
    respond: Any, year: int
) -> None:
    """Where senders set a record's time: readers of the journal would refuse what follows."""
    desk = await with_an_offer()
    at = datetime(year, 12, 31, tzinfo=UTC)

    assert desk.refused(respond(desk.offer("w-1")), at=at) == "time_out_of_range"
    assert not desk.of(AssignmentAnswered)
    assert not desk.of(AssignmentDeclined)


async def test_an_offer_and_its_token_are_the_same_when_decided_again() -> None:
    desk = await a_desk("w-1")
    units = desk.units(a_task(policy=a_policy(answers_min=1)))
    (first,), (second,) = desk.decide(units), desk.decide(units)

    assert [type(event) for event in first.decided.events].count(OfferMade) == 1
    assert first.decided.records == second.decided.records
