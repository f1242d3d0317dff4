"""Every reason a worker app's response is refused for: the dead letter names field and fix."""

from collections.abc import Mapping

import pytest

from shared.contracts import envelope
from shared.contracts.errors import Reason
from shared.contracts.events.model import Event
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.record import Record
from shared.contracts.topics import Names
from tests.services.messages.refusing import dead_letter_of, with_field
from tests.services.messages.words import assert_for_its_sender
from tests.services.router.in_memory import Desk, a_desk
from tests.support.builders import a_policy, a_task, after
from tests.support.in_memory import record_of
from tests.support.people import answering, declining


async def with_an_offer() -> Desk:
    """A router that has offered t-1 to w-1 and w-2."""
    desk = await a_desk("w-1", "w-2")
    desk.hear(a_task(policy=a_policy(answers_min=2)))
    return desk


def a_response(desk: Desk, event: Event, *, seconds: float = 1) -> Record:
    """The record of a response, taken by the broker so many seconds after all began."""
    sent = envelope.encode(event, Names(), source="app", cause="c", traceparent="")
    desk.offset += 1
    return record_of(sent, offset=desk.offset, at=after(seconds))


RESPONSES: Mapping[Reason, Mapping[str, object]] = {
    Reason.WORKER_MISMATCH: {"worker_id": "w-2"},
    Reason.POOL_MISMATCH: {"pool": "other"},
    Reason.KEY_MISMATCH: {"task_id": "t-2"},
    Reason.BAD_TOKEN: {"token": "..."},
    Reason.BAD_KEY: {"token": "k2.e30.e30"},
    Reason.BAD_SIGNATURE: {"token": "k1.e30.e30"},
    Reason.BAD_ANSWER: {"answer": "whale"},
    Reason.INVALID_FIELD: {"spent_seconds": -1},
}


@pytest.mark.parametrize("reason", RESPONSES)
async def test_a_response(reason: Reason) -> None:
    desk = await with_an_offer()
    record = a_response(desk, answering(desk.offer("w-1")))
    for name, value in RESPONSES[reason].items():
        record = with_field(name, value)(record)  # type: ignore[arg-type]
    if "task_id" in RESPONSES[reason]:
        record = record._replace(key=b"t-2")

    told, detail = dead_letter_of(desk, record)

    assert told == reason
    assert_for_its_sender(detail)


async def test_a_response_that_comes_again_otherwise_or_too_late() -> None:
    desk = await with_an_offer()
    first, second = desk.offer("w-1"), desk.offer("w-2")
    desk.hear_records(a_response(desk, answering(first)), a_response(desk, declining(second)))
    told = [
        dead_letter_of(desk, a_response(desk, answering(first, "dog"))),
        dead_letter_of(desk, a_response(desk, answering(second))),
        dead_letter_of(desk, a_response(desk, answering(second), seconds=20 * 86_400)),
    ]

    assert [reason for reason, _ in told] == ["id_reuse", "assignment_ended", "assignment_ended"]
    # What the pipeline says where Redis keeps the outcome of the first: there is no id to change.
    assert_for_its_sender(OfferAnswered.REUSED)
    assert "same bytes" in OfferAnswered.REUSED
    for _, detail in told:
        assert_for_its_sender(detail)


@pytest.mark.parametrize(
    ("answer", "reason"), [("", Reason.BAD_ANSWER), (None, Reason.INVALID_FIELD)]
)
async def test_an_answer_that_is_none_is_told_how_to_decline(
    answer: str | None, reason: Reason
) -> None:
    desk = await with_an_offer()
    record = with_field("answer", answer)(a_response(desk, answering(desk.offer("w-1"))))

    told, detail = dead_letter_of(desk, record)

    assert told == reason
    assert "offer.declined.v1" in detail
    assert_for_its_sender(detail)
