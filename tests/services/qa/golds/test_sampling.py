"""Who is asked a gold: newcomers often, known ones seldom, nobody without golds."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest

from services.qa import keys
from services.qa.agreement.reliability import Reliability
from services.qa.golds.members import DueMember, due_of, look_at, to_ask
from services.qa.golds.sampling import DELAY_SECONDS_MAX, SHARE_MIN, share_for, with_dues
from services.qa.state import Gold, TaskUnderReview
from shared.contracts.events.golds import GoldDue, GoldPlaced
from shared.contracts.events.verdicts import VerdictReached
from shared.pattern.clock import to_ms
from shared.pattern.service import Decision
from tests.services.qa.golds.builders import Golds, a_gold
from tests.services.qa.in_memory import CAT, SURE
from tests.services.qa.second_stage.builders import a_first, texts
from tests.support.builders import NOW, POOL, TASK_TYPE, a_policy, a_task, an_answer

VERDICT = VerdictReached.model_validate(
    {
        "pool": POOL,
        "at": NOW,
        "task_id": "t-1",
        "task_type": TASK_TYPE,
        "ref": {"source": "/m", "id": "o-1"},
        "by": "people",
        "probability": 0.9,
        "distribution": {},
        "stop_reason": "confident",
        "created_at": NOW,
        "votes": [
            {"assignment_id": "a-1", "worker_id": "w-1", "answer": CAT, "standing": "counted"},
            {"assignment_id": "a-2", "worker_id": "w-2", "answer": CAT, "standing": "surplus"},
        ],
    }
)


def test_the_share_falls_with_what_is_known_and_never_to_nothing() -> None:
    shares = [share_for(count) for count in range(0, 400, 7)]

    assert shares[0] == 0.5
    assert shares[-1] == SHARE_MIN
    assert all(before >= after for before, after in pairwise(shares))


@pytest.mark.parametrize("answers", [0, 10, 90])
def test_so_many_of_a_workers_answers_are_followed_by_a_gold(answers: int) -> None:
    chance = random.Random(1)
    listed = 0
    for number in range(2_000):
        verdict = VERDICT.model_copy(update={"task_id": f"t-{number}"})
        now = NOW + timedelta(milliseconds=chance.randrange(10**7))
        index = with_dues(Decision.of(verdict), under_review(answers), verdict, now).index
        listed += len(index)
        for _, key, at_ms, member in index:
            assert key == keys.golds_due(POOL, TASK_TYPE)
            assert due_of(member) == DueMember(TASK_TYPE, worker_id="w-1")
            assert 0 <= int(at_ms) - to_ms(now) <= DELAY_SECONDS_MAX * 1000

    assert listed / 2_000 == pytest.approx(share_for(answers), abs=0.04)


def under_review(answers: int, *, has_golds: bool = True) -> TaskUnderReview:
    task = a_first(texts("a"))
    reliabilities = {"w-1": Reliability({"answers": answers})}
    return TaskUnderReview(
        rules=task.rules,
        wanted=1,
        answers=task.answers,
        closed=None,
        verdict=None,
        population=task.population,
        reliabilities=reliabilities,
        has_golds=has_golds,
        gold=Gold("g-1", CAT),
    )


def test_without_golds_of_the_task_type_nothing_is_listed() -> None:
    decided = Decision.of(VERDICT)

    assert with_dues(decided, under_review(0, has_golds=False), VERDICT, NOW) is decided


@pytest.mark.parametrize(
    ("member", "due"),
    [
        (
            to_ask("animals", "auth0|w: 1", "01"),
            DueMember("animals", "auth0|w: 1", trace_flags="01"),
        ),
        (to_ask("a.b-c", "w-1", ""), DueMember("a.b-c", "w-1")),
        (look_at("animals", "g:1 %"), DueMember("animals", gold_id="g:1 %")),
    ],
)
def test_a_members_name_is_read_again(member: str, due: DueMember) -> None:
    assert due_of(member) == due


async def test_a_verdict_leads_to_a_gold_for_its_workers_a_while_later() -> None:
    qa = Golds(*(a_gold(f"g-{number}", people=2) for number in range(3)))
    for number in range(12):
        qa.now += timedelta(milliseconds=37)
        task_id = f"t-{number}"
        qa.hear(a_task(task_id, policy=SURE))
        for worker in ("w-1", "w-2"):
            qa.hear(an_answer(worker, CAT, task_id=task_id))
    due = await qa.sweep(DELAY_SECONDS_MAX + 1)

    assert due
    assert all(isinstance(one, GoldDue) for one in due)
    assert qa.of(GoldPlaced)
    # Whoever was asked is due no more.
    assert await qa.sweep(60) == []


async def test_golds_are_asked_where_one_answer_is_a_verdict() -> None:
    # Such verdicts teach nothing of their workers: golds are all that does.
    qa = Golds(*(a_gold(f"g-{number}") for number in range(3)))
    one = a_policy(answers_min=1, answers_max=1)
    for number in range(12):
        qa.now += timedelta(milliseconds=37)
        qa.hear(a_task(f"t-{number}", policy=one), an_answer("w-1", CAT, task_id=f"t-{number}"))
    await qa.sweep(DELAY_SECONDS_MAX + 1)

    assert qa.of(GoldPlaced)
