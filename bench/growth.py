"""What growth costs: CPU of router and Redis for one assignment, among few and among many."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis
import redis.asyncio

from bench import flow
from bench.cases import records_of
from bench.ground import Ground
from bench.inside import BATCH, Desk, build, catalog
from bench.throughput import Tell
from services.router import CARD, keys, lanes
from services.router.fold import folds
from services.router.state import Rules, Task, TaskNeeds, Worker
from shared.contracts.events.assignments import AssignmentOffered, TaskQueued
from shared.contracts.events.model import Event
from shared.contracts.events.parts import (
    Answers,
    Confidence,
    Gate,
    Output,
    OutputRef,
    Requirement,
    SkillNeed,
)
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.record import Record
from shared.contracts.topics import ASSIGNMENTS, Names
from shared.state import version
from shared.state.changes import Change, add
from shared.state.commit import RedisStore
from shared.state.store import write_only
from tests.support.world.topic_logs import TopicLogs

NAMES = Names("growth-")
LANES = 200
SKILLS_EACH, STEP = 5, 37
"""A worker has so many of the skills, this far apart: they stand in as many lanes."""
BATCHES = 6
"""Measured of each side in turn; the first is only to get warm."""
FEW, MANY = 1_000, 100_000
OFFERED_SHARE_MIN = 0.9
"""Of the records of a batch: each is to lead to one offer."""
FOLDED_AT_ONCE = 200
LEASE_SECONDS = 600.0
OUTPUT = Output(format="sentuh.output", text=flow.TEXT, confidence=Confidence(status="absent"))
GATE = Gate(reason="absent", threshold=0.9, audit_share=0.0)


@dataclass(frozen=True)
class Grown:
    """Microseconds of CPU for one assignment among few and among many of something, in pairs."""

    of: str
    few: int
    many: int
    costs: Sequence[tuple[float, float]]


class Growth:
    """Pools of few and of many in one Redis, given the same work in turn."""

    def __init__(self, on: Ground, many: int, tell: Tell) -> None:
        self._client = redis.Redis.from_url(on.valkey.url)
        self._url = on.valkey.url
        self._many = many
        self._tell = tell
        self._now = datetime.now(UTC)
        self._policy = catalog().policy("bench", self._now)

    async def measure(self) -> list[Grown]:
        """Tasks that come among free workers; workers who come among waiting tasks."""
        client = redis.asyncio.Redis.from_url(self._url)
        try:
            await client.flushall()
            self._store = RedisStore(client)
            await self._store.prepare()
            return [
                await self._grown("free workers", "workers", self._free, self._task),
                await self._grown("waiting tasks", "tasks", self._waiting, self._presence),
            ]
        finally:
            await client.aclose()

    async def _grown(
        self,
        of: str,
        pool: str,
        there: Callable[[str, int], Iterable[Change]],
        comes: Callable[[str, int], Event],
    ) -> Grown:
        sides: dict[str, Sequence[Record]] = {}
        for name, count in {f"{pool}-few": FEW, f"{pool}-many": self._many}.items():
            self._tell(f"growth: putting {count} {of} in place")
            await self._put(name, there(name, count))
            events = [comes(name, number) for number in range(BATCHES * BATCH)]
            sides[name] = await records_of(
                NAMES, [flow.sent_by_people(NAMES, event) for event in events]
            )
        costs: list[tuple[float, ...]] = []
        for number in range(BATCHES):
            self._tell(f"growth: {of}, pair {number} of {BATCHES - 1}")
            work = slice(number * BATCH, (number + 1) * BATCH)
            costs.append(tuple([await self._cost(found[work]) for found in sides.values()]))
        return Grown(of, FEW, self._many, [(few, many) for few, many in costs[1:]])

    async def _put(self, pool: str, changes: Iterable[Change]) -> None:
        """Make the pool's state of these, as a catch-up does, and open it."""
        slot, part = keys.slot(pool), list[Change]()
        await self._store.lead(slot, pool, seconds=LEASE_SECONDS)
        for change in changes:
            part.append(change)
            if len(part) == FOLDED_AT_ONCE:
                await self._store.fold(slot, pool, part)
                part.clear()
        await self._store.fold(slot, pool, part)
        await self._store.open(slot, pool, version.epoch(CARD, pool))

    async def _cost(self, records: Sequence[Record]) -> float:
        """Handle one batch; the CPU of this process and of Redis, by the offers it led to."""
        logs = TopicLogs(NAMES)
        desk = Desk(build("router", NAMES), self._store, logs)
        before = self._spent()
        await desk.take(records)
        spent = self._spent() - before
        said = [record.header("ce_type") for record in logs.of(ASSIGNMENTS)]
        offers = said.count(AssignmentOffered.TYPE)
        if offers < len(records) * OFFERED_SHARE_MIN:
            raise RuntimeError(
                f"{len(records)} records led to {offers} offers: nothing is measured"
            )
        return 1e6 * spent / offers

    def _spent(self) -> float:
        """CPU seconds of this process and of Redis up to now."""
        cpu = self._client.info("cpu")
        return time.process_time() + float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"])

    # --- what is there, and what comes -----------------------------------------------------------

    def _free(self, pool: str, count: int) -> Iterable[Change]:
        """Workers who are free, each in the lanes of their skills."""
        yield from self._lanes(pool)
        for number in range(count):
            yield from self._person(pool, number, capacity=flow.CAPACITY)
            yield from folds(self._presence(pool, number), 1)

    def _waiting(self, pool: str, count: int) -> Iterable[Change]:
        """Tasks that wait in their lanes, and workers who are away."""
        yield from self._lanes(pool)
        for number in range(BATCHES * BATCH):
            yield from self._person(pool, number, capacity=1)
        for number in range(count):
            task = self._task(pool, number)
            facts = {"pool": pool, "at": task.at, "task_id": task.task_id, "wanted": 1}
            parts = {"output": OUTPUT, "policy": task.policy, "ref": task.ref}
            queued = TaskQueued.model_validate(facts | parts | {"created_at": task.at})
            yield from folds(queued)
            rules = Rules.of(task.policy)
            waits = Task(pool, task.task_id, rules=rules, created_at=task.at)
            yield write_only(*lanes.task_waits(waits))

    def _lanes(self, pool: str) -> Iterable[Change]:
        for number in range(LANES):
            rules = Rules.of(self._task(pool, number).policy)
            yield write_only(*lanes.opened(pool, rules), add(keys.filled(pool), rules.lane))

    def _person(self, pool: str, number: int, *, capacity: int) -> Iterable[Change]:
        skills = [(number + at * STEP) % LANES for at in range(SKILLS_EACH)]
        profile = WorkerProfiled(
            pool=pool,
            at=self._now,
            worker_id=f"w-{number:06}",
            skills={_skill(skill): 3 for skill in skills},
            capacity=capacity,
        )
        yield from folds(profile, 1)
        worker = Worker(pool, profile.worker_id)
        found = [TaskNeeds(_requirement(skill)).lane for skill in skills]
        yield write_only(*lanes.worker_fits(worker, found))

    def _task(self, pool: str, number: int) -> TaskCreated:
        """A task that wants one answer, of the lane whose turn it is."""
        rules = {"requirement": _requirement(number % LANES), "answers": Answers(min=1, max=1)}
        return TaskCreated(
            pool=pool,
            at=self._now + timedelta(milliseconds=number),
            task_id=f"t-{number:06}",
            ref=OutputRef(source=flow.SOURCE, id=f"o-{number}"),
            output=OUTPUT,
            policy=self._policy.model_copy(update=rules),
            gate=GATE,
            digest="",
        )

    def _presence(self, pool: str, number: int) -> PresenceChanged:
        name = f"w-{number:06}"
        return PresenceChanged(pool=pool, at=self._now, worker_id=name, presence="available")


def _skill(number: int) -> str:
    return f"growth.{number:03}"


def _requirement(number: int) -> Requirement:
    return Requirement(skills=(SkillNeed(skill=_skill(number)),))


def growth(on: Ground, many: int, tell: Tell) -> list[Grown]:
    """Measure with so many."""
    return asyncio.run(Growth(on, many, tell).measure())
