"""What the router loads: all that its decisions ask for comes with the first call."""

from services.router import keys, load, to_state_parts
from services.router.state import Due
from shared.contracts.events.timers import DeadlinePassed
from shared.state.changes import merged
from tests.services.router.builders import a_verdict
from tests.services.router.in_memory import a_desk
from tests.support.builders import POOL, a_policy, a_task


async def test_with_a_task_come_the_workers_who_hold_its_seats() -> None:
    desk = await a_desk("w-1", "w-2", "w-3")
    desk.hear(a_task(policy=a_policy(answers_min=2)))
    holders = set(to_state_parts.task(desk.twin, POOL, "t-1").seats)
    due = DeadlinePassed(pool=POOL, at=desk.now, task_id="t-1", due_at=desk.now)

    assert len(holders) == 2
    for reads in (
        load.due.reads(Due(due, desk.now)),
        load.judged.reads(a_verdict("t-1")),
    ):
        loaded = desk.twin.fetch(merged(reads))
        people = {key for key in loaded if ":worker:" in key}
        assert people == {
            name
            for worker in holders
            for name in (
                keys.worker(POOL, worker),
                keys.places(POOL, worker),
                keys.lanes_of_worker(POOL, worker),
            )
        }
