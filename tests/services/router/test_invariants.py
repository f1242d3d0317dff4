"""Whatever happens in whatever order: capacity, distinctness, seats, endings, and one state."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.router import keys, rank, to_state_parts
from shared.contracts.events.model import Event
from shared.contracts.topics import ASSIGNMENTS, RESPONSES, TASKS, VERDICTS
from shared.state.escaping import unescaped
from shared.state.store import Value
from shared.state.twin import Twin
from tests.services.router import play
from tests.services.router.in_memory import Desk
from tests.services.router.play import Play
from tests.support.builders import POOL
from tests.support.facts import facts, folded

INDEX = (":lanes", ":lane:", ":type:", ":outcome:", ":unprofiled")


def facts_of(twin: Twin) -> dict[str, Value]:
    """Return the state without revisions, lanes and outcomes, which no journal holds."""
    return {
        key: set(value) if ":deadlines:" in key else value  # a sweep moves their times on
        for key, value in facts(twin.items(), without=INDEX).items()
    }


def journal_of(desk: Desk) -> list[tuple[Event, int]]:
    """The own journal and the inputs that state folds."""
    own = [(event, 0) for event in desk.announced if event.TOPIC is ASSIGNMENTS]
    return own + desk.inputs


@given(seed=st.integers(min_value=0, max_value=2**32))
@settings(max_examples=40, deadline=None)
async def test_nothing_that_must_hold_is_broken(seed: int) -> None:
    desk = (await Play(seed).run(60)).desk
    said = desk.announced

    assert play.over_capacity(said) == []
    assert play.overlapping(said) == []
    assert play.early_or_late(said) == []
    assert play.after_closing(said) == []


@given(seed=st.integers(min_value=0, max_value=2**32))
@settings(max_examples=25, deadline=None)
async def test_the_journal_in_any_order_twice_is_the_state(seed: int) -> None:
    desk = (await Play(seed).run(50)).desk
    journal = journal_of(desk)
    shuffled = journal + journal
    Random(seed).shuffle(shuffled)

    assert facts_of(folded(desk.service, journal)) == facts_of(desk.twin)
    assert facts_of(folded(desk.service, shuffled)) == facts_of(desk.twin)


@given(seed=st.integers(min_value=0, max_value=2**32))
@settings(max_examples=20, deadline=None)
async def test_hearing_everything_again_says_nothing_new(seed: int) -> None:
    course = await Play(seed).run(40)
    desk = course.desk
    desk.lag = timedelta(0)
    desk.forget_outcomes()
    known = {event.event_id for event in desk.announced}

    before = len(desk.announced)
    for event in course.heard:
        if event.TOPIC in (TASKS, RESPONSES, VERDICTS):
            course.hear_again(event)

    assert [e for e in desk.announced[before:] if e.event_id not in known] == []


@given(seed=st.integers(min_value=0, max_value=2**32))
@settings(max_examples=25, deadline=None)
async def test_no_task_waits_beside_somebody_who_could_take_it(seed: int) -> None:
    desk = (await Play(seed).run(50)).desk
    desk.lag = timedelta(0)
    await desk.settle(8)
    before = waiting_beside_free(desk)
    await desk.settle(3)

    assert set(before) & set(waiting_beside_free(desk)) == set()


def waiting_beside_free(desk: Desk) -> list[tuple[str, str, int]]:
    """Each open task with a vacant seat, each worker who could take it now, and since when."""
    ids = map(unescaped, desk.twin.ranking(keys.workers(POOL)))
    workers = [to_state_parts.worker(desk.twin, POOL, worker_id) for worker_id in ids]
    prefix = keys.each_task(POOL)
    names = [k.removeprefix(prefix) for k in desk.twin.items() if k.startswith(prefix)]
    tasks = [to_state_parts.task(desk.twin, POOL, unescaped(n)) for n in names if ":" not in n]
    return [
        (task.task_id, worker.worker_id, worker.active_ms)
        for task in tasks
        for worker in workers
        if task.vacancies and desk.now < task.deadline_at and rank.eligible(task, worker)
    ]


@pytest.mark.parametrize("seed", range(5))
async def test_every_task_ends(seed: int) -> None:
    desk = (await Play(seed).run(40)).desk
    desk.lag = timedelta(0)
    await desk.wait(4_000).sweep()
    await desk.wait(40).sweep()

    assert not [key for key in desk.twin.items() if ":deadlines:" in key]
    assert not [key for key in desk.twin.items() if key.endswith(":content")]
