"""Workers whose ids hold colons: nobody's id reaches into the keys of another, in any store."""

from redis.asyncio import Redis

from services.router import load
from shared.contracts.events.assignments import AssignmentAnswered
from shared.state.commit import RedisStore
from shared.state.store import Loaded
from tests.services.router.builders import a_verdict
from tests.services.router.in_memory import SLOT, Desk
from tests.services.router.test_invariants import facts_of, journal_of
from tests.support.builders import a_policy, a_task
from tests.support.facts import folded
from tests.support.people import accepting, answering

WORKERS = ("a", "a:lanes", "a:places", "auth0|w-3", "a%3Alanes")
TASK = "name:t;lsn:1"


async def a_day() -> Desk:
    """Each of the workers is offered a task, takes it, and all but the last answer."""
    desk = Desk()
    desk.join(*WORKERS, capacity=2)
    desk.hear(a_task(TASK, policy=a_policy(answers_min=len(WORKERS), answers_max=9)))
    await desk.settle()
    for worker in WORKERS:
        desk.hear(accepting(desk.offer(worker, TASK)))
    for worker in WORKERS[:-1]:
        desk.hear(answering(desk.offer(worker, TASK)))
    return desk


async def test_each_is_offered_the_task_and_answers_it() -> None:
    desk = await a_day()

    assert desk.offered() == {(worker, TASK) for worker in WORKERS}
    assert [event.worker_id for event in desk.of(AssignmentAnswered)] == list(WORKERS[:-1])
    assert facts_of(folded(desk.service, journal_of(desk))) == facts_of(desk.twin)


async def test_deadlines_and_lanes_name_the_ids_as_they_were_sent() -> None:
    desk = await a_day()
    desk.hear(a_task("name:t;lsn:2", policy=a_policy(answers_min=9, answers_max=9)))

    said = await desk.wait(10_000).settle()

    assert {event.task_id for event in said if hasattr(event, "task_id")} == {TASK, "name:t;lsn:2"}
    assert {event.worker_id for event in said if hasattr(event, "worker_id")} <= set(WORKERS)


async def test_redis_loads_the_holders_whose_ids_hold_colons(redis_url: str) -> None:
    desk = await a_day()
    reads = load.judged.reads(a_verdict(TASK))
    async with Redis.from_url(redis_url) as client:
        store = RedisStore(client)
        await store.prepare()
        assert await store.lead(SLOT, "me", seconds=60)
        for event, order in journal_of(desk):
            assert await store.fold(SLOT, "me", desk.service.folds(event, order))
        loaded = await store.peek(SLOT, "me", reads)
    assert isinstance(loaded, Loaded)
    there = {key: value for key, (_, value) in loaded.data.items() if value}
    here = {key: value for key, (_, value) in desk.twin.fetch(reads).items() if value}
    assert "{router:main}:worker:a%253Alanes:places" in there
    assert {key for key in there if not key.endswith(":lanes")} == {
        key for key in here if not key.endswith(":lanes")
    }
