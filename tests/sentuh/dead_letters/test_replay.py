"""What sending letters again publishes: what was refused, as it was; and what stays."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from sentuh.dead_letters import ReplayPlan, plan, plan_as_json, rights_to_replay
from sentuh.history.collect import DeadLetter
from shared.contracts.errors import Reason
from shared.contracts.partitions import placed
from shared.contracts.rights import Right
from shared.contracts.topics import MODEL_OUTPUTS, OFFERS, RESPONSES, TASKS, WORKERS, Topic
from tests.sentuh.dead_letters.dead_letters import NAMES, a_dead_letter, a_record

THERE = {NAMES.of(row): 6 for row in (MODEL_OUTPUTS, RESPONSES, TASKS, WORKERS)}

NOW = datetime(1970, 1, 5, tzinfo=UTC)


def planned(
    *dead_letters: DeadLetter, again: bool = False, there: Mapping[str, int] = THERE
) -> ReplayPlan:
    return plan(dead_letters, NAMES, there, now=NOW, again=again)


def test_what_was_refused_goes_as_it_was_to_where_it_came_from() -> None:
    refused = a_record(key=None, headers=(("ce_type", b"\xff"), ("trace", b""), ("trace", b"t")))

    (going,) = planned(a_dead_letter(refused)).going

    assert going.record == refused
    assert going.place == refused.place


@pytest.mark.parametrize(
    ("key", "partition"), [(b"t-1", placed(b"t-1", 2)), (b"t-4", placed(b"t-4", 2)), (None, 0)]
)
def test_where_its_partition_is_no_more_its_key_says_where(
    key: bytes | None, partition: int
) -> None:
    refused = a_record(key=key, partition=5)

    (going,) = planned(a_dead_letter(refused), there={NAMES.of(MODEL_OUTPUTS): 2}).going

    assert going.place.partition == partition


def test_records_go_in_the_order_they_stood_in() -> None:
    refused = [
        a_record(offset=at, partition=part, headers=(("at", b"%d" % at),))
        for part, at in ((1, 9), (0, 4), (1, 3))
    ]

    gone = planned(*map(a_dead_letter, refused)).going

    assert [(one.record.partition, one.record.offset) for one in gone] == [(0, 4), (1, 3), (1, 9)]


@pytest.mark.parametrize(
    ("record", "service", "words"),
    [
        (a_record(None), "intake", "value is null"),
        (a_record(b"x" * (MODEL_OUTPUTS.size_bytes_max + 1)), "intake", "over 196608 bytes"),
        (a_record(topic=OFFERS), "router", "no topic that this service reads"),
        (a_record(topic=MODEL_OUTPUTS), "qa", "no topic that this service reads"),
        (a_record()._replace(topic="model-outputs"), "intake", "no topic that this service reads"),
        (a_record()._replace(topic="x-elsewhere"), "intake", "no topic that this service reads"),
    ],
)
def test_what_can_never_be_taken_stays_whatever_is_said(
    record: object, service: str, words: str
) -> None:
    dead_letter = a_dead_letter(record, service=service)  # type: ignore[arg-type]

    found = planned(dead_letter, again=True)

    assert not found.going
    assert words in found.staying[0].why


@pytest.mark.parametrize(
    ("record", "service", "words"),
    [
        (a_record(b'{"response": "cat"}'), "intake", "no source and id of its own"),
        (a_record(b"{}", topic=WORKERS), "router", "the last record of a worker stands"),
    ],
)
def test_what_has_no_name_of_its_own_goes_only_if_one_says_so(
    record: object, service: str, words: str
) -> None:
    dead_letter = a_dead_letter(record, service=service)  # type: ignore[arg-type]

    assert words in planned(dead_letter).staying[0].why
    assert "--again" in planned(dead_letter).staying[0].why
    assert planned(dead_letter, again=True).going


def test_one_record_goes_once_however_often_it_was_refused() -> None:
    """Sent again before the cause was mended, it has one more letter, of another place."""
    refused = [a_record(offset=at) for at in (7, 9, 11)]
    other = a_record(b'{"source": "/m", "id": "o-2", "response": "cat"}', offset=8)

    found = planned(*map(a_dead_letter, [*refused, other]))

    assert [one.record for one in found.going] == [refused[0], other]
    assert found.copies == 2
    assert found.staying == []


def test_outputs_without_an_id_are_each_their_own() -> None:
    refused = [a_record(b'{"response": "cat"}', offset=at) for at in (7, 9)]

    assert [
        one.record for one in planned(*map(a_dead_letter, refused), again=True).going
    ] == refused


def test_an_id_that_was_used_before_goes_only_if_one_says_so() -> None:
    dead_letter = a_dead_letter(a_record(), reason=Reason.ID_REUSE)

    assert "send it as a new id" in planned(dead_letter).staying[0].why
    assert planned(dead_letter, again=True).going


@pytest.mark.parametrize("topic", [MODEL_OUTPUTS, RESPONSES])
def test_what_may_have_ended_and_been_forgotten_goes_only_if_one_says_so(topic: Topic) -> None:
    service = topic.readers[0]
    old = a_dead_letter(a_record(topic=topic), service=service)
    at = NOW + timedelta(seconds=topic.kept_seconds or 0)
    there = {**THERE}

    def goes(now: datetime, *, again: bool = False) -> int:
        return len(plan([old], NAMES, there, now=now, again=again).going)

    assert goes(at - timedelta(days=4)) == 1
    assert goes(at) == 0
    assert goes(at, again=True) == 1


def test_a_topic_that_is_not_there_is_named() -> None:
    assert "x-model-outputs is not there" in planned(a_dead_letter(), there={}).staying[0].why


@pytest.mark.parametrize(
    ("topic", "service", "role"),
    [
        (MODEL_OUTPUTS, "intake", "upstream"),
        (RESPONSES, "router", "worker-apps"),
        (TASKS, "qa", "intake"),
    ],
)
def test_what_one_must_be_allowed_is_to_write_the_topic(
    topic: Topic, service: str, role: str
) -> None:
    dead_letter = a_dead_letter(a_record(b"{}", topic=topic), service=service, reason=Reason.BUG)

    assert rights_to_replay([dead_letter, dead_letter], NAMES) == [
        Right(role, "topic", NAMES.of(topic), "Write")
    ]


def test_a_plan_as_json_says_of_each_where_it_goes_or_why_it_stays() -> None:
    goes = a_dead_letter(a_record(b'{"response": "cat"}', offset=7))
    stays = a_dead_letter(a_record()._replace(topic="x-elsewhere"))
    whole = planned(goes, stays, again=True)

    rows = [json.loads(line) for line in plan_as_json(whole, whole.going)]

    assert [sorted(row) for row in rows] == [
        ["dl_id", "published", "refused", "to"],
        ["dl_id", "refused", "stays"],
    ]
    assert rows[0]["published"] is True
    assert rows[0]["refused"]["offset"] == 7
    assert json.loads(next(plan_as_json(whole, [])))["published"] is False
