"""Ratings are announced when they moved, in an order of their own, and the same ones again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from services.qa import keys
from services.qa.agreement.reliability import Reliability
from services.qa.rating import announced, with_ratings
from services.qa.rating.announcing import ANSWERS_BETWEEN, MOVED_MIN
from services.qa.second_stage import request
from services.qa.state import RatingBasis, TaskName
from shared.contracts.events.model import Event
from shared.contracts.events.ratings import WorkerRated, era_and_count, standing_order
from shared.contracts.events.second_stage import SecondRequested
from shared.contracts.events.verdicts import VerdictReached
from shared.pattern.service import Decision
from tests.services.qa.in_memory import QA, qa_after
from tests.services.qa.second_stage.builders import FIRST, a_first, texts
from tests.support.builders import NOW, a_policy, a_task, after, an_answer
from tests.support.facts import facts, folded
from tests.support.in_memory import InMemory

SURE = a_policy(answers_min=2, answers_max=2, confidence=0.6)


def judged(count: int, *, begins: int = 0, seed: int = 1) -> list[Event]:
    """Return so many tasks, each with the same two workers, who mostly agree."""
    chance = Random(seed)
    return [
        event
        for number in range(begins, begins + count)
        for event in (
            a_task(f"t-{number}", policy=SURE),
            an_answer("w-1", "cat", task_id=f"t-{number}"),
            an_answer("w-2", chance.choice(("cat",) * 9 + ("dog",)), task_id=f"t-{number}"),
        )
    ]


def rated(running: InMemory, worker_id: str = "w-1") -> list[WorkerRated]:
    return [one for one in running.of(WorkerRated) if one.worker_id == worker_id]


def test_the_first_lesson_is_announced_and_then_what_moved() -> None:
    running = qa_after(*judged(120))

    said = rated(running)
    assert said[0].count == 1
    assert said[0].last is not None
    assert said[0].last.task_id == said[0].caused_by
    assert len(said) < 40
    for before, after_it in pairwise(said):
        moved = abs(after_it.lower - before.lower)
        assert moved >= MOVED_MIN - 1e-6 or after_it.count - before.count >= ANSWERS_BETWEEN
        assert after_it.count - before.count <= ANSWERS_BETWEEN
        assert after_it.order > before.order
        assert after_it.era == before.era
    assert len({one.event_id for one in said}) == len(said)


def test_what_was_announced_is_folded_alike_in_any_order_and_twice() -> None:
    running, chance = qa_after(*judged(60)), Random(3)
    journal = [(event, 0) for event in running.announced]
    shuffled = [(event, 0) for event in judged(60)] + journal * 2
    chance.shuffle(shuffled)

    assert facts(folded(QA, shuffled).items()) == running.facts()
    fields = running.twin.hash(keys.reliability("main", "animals", "w-1"))
    order, _, lower = fields[keys.RATED].partition(" ")
    assert int(order) == rated(running)[-1].order
    assert int(lower) == round(10_000 * rated(running)[-1].lower)
    assert sum(len(fields[name]) for name in keys.NEWEST) == 32 * 7


def test_who_reads_everything_again_announces_no_rating_again() -> None:
    events = judged(30)
    running = qa_after(*events)
    said = list(running.announced)
    running.forget_outcomes()

    running.hear_at_once(events)

    assert running.announced == said


def rebuilt_of(journal: Sequence[Event], now: datetime) -> InMemory:
    """Return a qa whose state was made from so much of its journal."""
    running = qa_after()
    for event in journal:
        running.catch_up_on(event)
    running.now = now
    return running


def test_a_journal_that_lost_its_beginning_begins_an_era_above_the_one_before() -> None:
    before = qa_after(*judged(100))
    last = rated(before)[-1]
    later = NOW + timedelta(days=40)
    kept = [one for one in before.announced if not isinstance(one, WorkerRated)][-20:]
    running = rebuilt_of(kept, later)

    running.hear(*judged(1, begins=500), at=later)

    (first, *_) = rated(running)
    assert first.count < last.count
    assert first.era > last.era
    assert first.order > last.order


def test_a_whole_journal_begins_no_era() -> None:
    before = qa_after(*judged(100))
    kept = [one for one in before.announced if not isinstance(one, WorkerRated)]
    running = rebuilt_of(kept, NOW + timedelta(days=1))

    running.hear(*judged(30, begins=500))

    assert {one.era for one in rated(running)} == {rated(before)[0].era}
    assert rated(running)[-1].count > rated(before)[-1].count


def test_an_order_says_its_era_and_its_count() -> None:
    era = after(0).replace(second=0, microsecond=0)

    assert era_and_count(standing_order(era, 41)) == (era, 41)
    assert standing_order(era + timedelta(minutes=1), 1) > standing_order(era, 10**6)
    assert standing_order(datetime(2098, 12, 31, tzinfo=era.tzinfo), 10**9) < 2**53


def test_a_verdict_notes_what_was_announced_with_it() -> None:
    running = qa_after(*judged(1))
    (verdict,) = running.of(VerdictReached)

    noted = {(one.worker_id, one.count, one.lower) for one in verdict.rated}
    assert noted == {(one.worker_id, one.count, one.lower) for one in running.of(WorkerRated)}
    first_verdict = running.announced.index(verdict)
    assert all(running.announced.index(one) < first_verdict for one in running.of(WorkerRated))


def test_an_answer_alone_teaches_nothing_and_announces_nothing() -> None:
    alone = a_policy(answers_min=1, answers_max=1, confidence=0.6)
    running = qa_after(a_task("t-1", policy=alone), an_answer("w-1", "cat"))

    assert running.of(VerdictReached)
    assert not running.of(WorkerRated)


def test_a_request_for_a_second_stage_says_what_earlier_verdicts_moved() -> None:
    """What the second stage teaches of the authors is said no later than with the next request."""
    many = {"answers": 40, "agreed_milli": 38_000}
    first = replace(
        a_first(texts("cat", "dog")),
        reliabilities={"w-0": Reliability(many), "w-1": Reliability()},
        rating_bases={"w-0": RatingBasis(), "w-1": RatingBasis()},
    )
    name = TaskName("main", FIRST)
    asked = request(name, first, {"a-0": 0.8, "a-1": 0.8}, NOW)
    assert asked is not None

    decided = with_ratings(Decision.of(*asked), announced(name, first, {}, NOW))

    said, _, requested = decided.events
    assert isinstance(said, WorkerRated)
    assert (said.worker_id, said.count, said.last) == ("w-0", 40, None)
    assert isinstance(requested, SecondRequested)
    assert [one.worker_id for one in requested.rated] == ["w-0"]
    assert requested.rated[0].order == said.order


def test_a_rating_is_announced_with_no_decision_but_one_of_the_journal() -> None:
    verdictless = Decision.done()

    assert with_ratings(verdictless, [rated(qa_after(*judged(1)))[0]]) == verdictless
