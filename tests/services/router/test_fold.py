"""Facts of the router only move forward, and what has ended shrinks."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.router import keys
from services.router.fold import ENDING_KEPT_SECONDS, folds
from services.router.state import Closing, Stage
from shared.contracts.events.assignments import (
    AssignmentAccepted,
    AssignmentAnswered,
    AssignmentDeclined,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentWithdrawn,
    TaskClosed,
)
from shared.contracts.events.model import Event
from shared.contracts.topics import TOPICS
from shared.state.twin import Twin
from tests.services.router.in_memory import Desk, a_desk, kinds
from tests.support.builders import NOW, POOL, TASK_TYPE, a_policy, a_quote, a_task
from tests.support.people import answering

FACTS = {
    "pool": POOL,
    "at": NOW,
    "task_id": "t-1",
    "task_type": TASK_TYPE,
    "assignment_id": "a-1",
    "worker_id": "w-1",
    "place": 0,
    "turn": 3,
    "accept_by": NOW,
    "answer_by": NOW,
}
OFFERED = AssignmentOffered.model_validate(
    FACTS
    | {
        "quote": a_quote(),
        "why": {"required": {}, "chosen_among": 1, "rule": "longest_idle"},
    }
)
ACCEPTED = AssignmentAccepted.model_validate(FACTS)
WITHDRAWN = AssignmentWithdrawn.model_validate(FACTS | {"reason": "verdict"})
DECLINED = AssignmentDeclined.model_validate(FACTS)
OTHERWISE = AssignmentDeclined.model_validate(FACTS | {"reason": "no_time", "note": "not now"})
EXPIRED = AssignmentExpired.model_validate(FACTS)
ANSWER = {"answer": "cat", "answered_at": NOW, "quote": a_quote(), "digest": "d"}
ANSWERED = AssignmentAnswered.model_validate(FACTS | ANSWER | {"late": False})
LATE = AssignmentAnswered.model_validate(FACTS | ANSWER | {"late": True})


def fold_all(*events: Event) -> Twin:
    twin = Twin()
    for event in events:
        twin.make(folds(event, 0))
    return twin


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ((OFFERED, ACCEPTED), Stage.ACCEPTED),
        ((OFFERED, WITHDRAWN, DECLINED), Stage.DECLINED),
        ((OFFERED, DECLINED, OTHERWISE), Stage.DECLINED),
        ((OFFERED, EXPIRED, WITHDRAWN), Stage.EXPIRED),
        ((OFFERED, EXPIRED, ANSWERED), Stage.ANSWERED),
        ((OFFERED, EXPIRED, LATE), Stage.EXPIRED),
    ],
)
def test_of_two_facts_the_further_stands_in_any_order(
    events: tuple[Event, ...], stage: Stage
) -> None:
    for order in permutations(events):
        fields = fold_all(*order).hash(keys.task(POOL, "t-1"))

        assert fields[keys.seat("w-1")].split(" ")[0] == str(stage)


def test_what_has_ended_holds_nothing() -> None:
    for order in permutations((OFFERED, ACCEPTED, EXPIRED)):
        twin = fold_all(*order)

        assert not twin.ranking(keys.deadlines(POOL, "t-1"))
        assert twin.hash(keys.task(POOL, "t-1"))[keys.seat("w-1")] == str(Stage.EXPIRED)
        places = twin.hash(keys.places(POOL, "w-1"))
        assert places["0.turn"] == "3 t-1"
        assert places["0.ended"] == "3"


def test_a_displaced_seat_frees_no_place() -> None:
    displaced = WITHDRAWN.model_copy(update={"reason": "displaced"})

    assert "0.ended" not in fold_all(displaced).hash(keys.places(POOL, "w-1"))


async def test_a_closed_task_shrinks_to_how_it_ended() -> None:
    desk: Desk = await a_desk("w-1")
    desk.hear(a_task(policy=a_policy(answers_min=1)))
    await desk.wait(3_700).sweep()

    fields = desk.twin.hash(keys.task(POOL, "t-1"))

    assert set(fields) == {"rev", "wanted", "closed", keys.seat("w-1")}
    assert desk.twin.hash(keys.content(POOL, "t-1")) == {}
    gone_at = int(desk.now.timestamp()) + ENDING_KEPT_SECONDS
    assert desk.twin.expiring[keys.task(POOL, "t-1")] == gone_at


async def test_tasks_share_rules_that_outlive_the_last_of_them() -> None:
    desk: Desk = await a_desk()
    late = NOW + timedelta(days=3)
    tasks = [a_task("t-1"), a_task("t-2", policy=a_policy(deadline_at=late))]
    journal = [said for task in tasks for said in desk.hear(task)]
    digest = desk.twin.hash(keys.task(POOL, "t-1"))["rules"]

    for order in permutations(journal):
        twin = fold_all(*order)
        rules = keys.rules(POOL, digest)

        assert twin.hash(keys.task(POOL, "t-2"))["rules"] == digest
        assert twin.expiring[rules] == int(twin.hash(rules)["until"])
        assert twin.expiring[rules] >= late.timestamp() + ENDING_KEPT_SECONDS


async def test_a_task_whose_rules_were_forgotten_takes_no_more_answers() -> None:
    desk: Desk = await a_desk("w-1")
    desk.hear(a_task(policy=a_policy(answers_min=1)))
    offer = desk.offer("w-1")
    digest = desk.twin.hash(keys.task(POOL, "t-1"))["rules"]
    del desk.twin.value(keys.rules(POOL, digest), dict)["policy"]

    assert await desk.wait(3_700).settle() == []
    assert kinds(desk.hear(answering(offer))) == ["assignment.answered"]


def test_of_two_closings_the_higher_reason_stands() -> None:
    facts = {"pool": POOL, "at": NOW, "task_id": "t-1", "task_type": TASK_TYPE, "answers": ()}
    both = [TaskClosed.model_validate(facts | {"reason": why}) for why in ("verdict", "deadline")]

    for order in permutations(both):
        fields = fold_all(*order).hash(keys.task(POOL, "t-1"))
        assert fields["closed"] == str(int(Closing.VERDICT))


def test_what_is_remembered_outlives_every_topic_that_is_read() -> None:
    read = [
        topic.kept_seconds + int(topic.config()["segment.ms"]) // 1000
        for topic in TOPICS
        if "router" in topic.readers and topic.kept_seconds is not None
    ]

    assert max(read) + 86_400 <= ENDING_KEPT_SECONDS
