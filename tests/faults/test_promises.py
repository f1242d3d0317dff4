"""Answers in time, and what may not be said of them."""

import json
from datetime import UTC, datetime, timedelta

from shared.contracts.record import Record
from shared.contracts.topics import ASSIGNMENTS, OFFERS, RESPONSES, Names, Topic
from tests.faults.promises import Promises

NOW = datetime(2026, 1, 2, tzinfo=UTC)
PAIR = ("t-1", "w-1")


def a_record(topic: Topic, kind: str, at: float, **value: object) -> Record:
    stamp = round((NOW + timedelta(seconds=at)).timestamp() * 1000)
    about = {"task_id": PAIR[0], "worker_id": PAIR[1], **value}
    headers = (("ce_type", f"{kind}.v1".encode()),)
    return Record(topic.name, 0, 0, b"", json.dumps(about).encode(), headers, stamp)


def offered() -> Record:
    claims = {
        "task_id": PAIR[0],
        "worker_id": PAIR[1],
        "accept_by": (NOW + timedelta(seconds=5)).isoformat(),
        "answer_by": (NOW + timedelta(seconds=9)).isoformat(),
    }
    return a_record(OFFERS, "offer.made", 0, claims=claims)


def after(*records: Record) -> Promises:
    found = Promises(Names())
    for record in records:
        found.take(record)
    return found


def test_answer_in_time_that_is_called_late_breaks_the_promise() -> None:
    answer = a_record(RESPONSES, "offer.answered", 4)
    late = a_record(ASSIGNMENTS, "assignment.answered", 20, late=True)
    assert after(offered(), answer, late).broken()
    counted = a_record(ASSIGNMENTS, "assignment.answered", 20, late=False)
    assert not after(offered(), answer, counted).broken()


def test_answer_in_time_whose_seat_expired_breaks_the_promise() -> None:
    answer, expired = (
        a_record(RESPONSES, "offer.answered", 4),
        a_record(ASSIGNMENTS, "assignment.expired", 9),
    )
    assert after(offered(), answer, expired).broken()


def test_answer_after_the_lease_may_be_late_and_expired() -> None:
    answer, expired = (
        a_record(RESPONSES, "offer.answered", 6),
        a_record(ASSIGNMENTS, "assignment.expired", 9),
    )
    late = a_record(ASSIGNMENTS, "assignment.answered", 20, late=True)
    assert not after(offered(), answer, expired, late).broken()


def test_acceptance_in_time_makes_the_lease_longer() -> None:
    accepted, answer = (
        a_record(RESPONSES, "offer.accepted", 3),
        a_record(RESPONSES, "offer.answered", 8),
    )
    found = after(offered(), accepted, answer)
    assert found.in_time() == found.unread() == {PAIR}


def test_what_strangers_send_instead_of_a_response_is_passed_over() -> None:
    answer = a_record(RESPONSES, "offer.answered", 4)
    for value in (None, b"", b"\xff", b"[1", b"[]", b'{"task_id": "t-1"}'):
        assert not after(offered(), answer._replace(value=value)).answered
