"""Bytes that services keep in Redis for each open task and for each worker of five skills."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import redis
import redis.asyncio

from bench import flow
from bench.cases import records_of, routed, tasks_of
from bench.ground import Ground
from bench.inside import SERVICES, Desk, build
from bench.state import Unsettling, Weight, open_epochs, weigh
from bench.throughput import Tell
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.record import Record
from shared.contracts.topics import ASSIGNMENTS, TASKS, Names
from shared.state.commit import RedisStore
from tests.support.world.topic_logs import TopicLogs

NAMES = Names("weight-")


@dataclass(frozen=True)
class Weights:
    """Bytes by service: of an open task with two offers out, its outcomes settled; with them not
    settled yet; and in the router of a worker.
    """

    settled: Mapping[str, Weight]
    unsettled: Mapping[str, Weight]
    worker: Weight


class Scales:
    """Weighs what comes on top."""

    def __init__(self, on: Ground, tasks: int, tell: Tell) -> None:
        self._client = redis.Redis.from_url(on.valkey.url)
        self._url = on.valkey.url
        self._tasks = tasks
        self._tell = tell

    async def weigh(self) -> Weights:
        """All there is to weigh."""
        settled, unsettled, worker = {}, {}, Weight(0, 0, 0)
        for service in SERVICES:
            self._tell(f"weighing what {service} keeps")
            found, people = await self._one(service, RedisStore)
            settled[service] = found
            worker = people or worker
            unsettled[service], _ = await self._one(service, Unsettling)
        return Weights(settled, unsettled, worker)

    async def _one(self, service: str, kind: type[RedisStore]) -> tuple[Weight, Weight | None]:
        """An open task of this service; of the router also a worker."""
        client = redis.asyncio.Redis.from_url(self._url)
        try:
            await client.flushall()
            store = kind(client)
            await store.prepare()
            await open_epochs(build(service, NAMES), store)
            if service == "router":
                return await self._router(store)
            return await self._plain(service, store), None
        finally:
            await client.aclose()

    async def _plain(self, service: str, store: RedisStore) -> Weight:
        desk = Desk(build(service, NAMES), store, TopicLogs(NAMES))
        records = await _inputs(service, self._tasks)
        before = weigh(self._client)
        await desk.take(records)
        return weigh(self._client).over(before, self._tasks)

    async def _router(self, store: RedisStore) -> tuple[Weight, Weight]:
        """First the people, then one task that makes the lane, then the tasks that are weighed."""
        tasks, empty = await tasks_of(NAMES, self._tasks + 1), weigh(self._client)
        people = flow.people(NAMES, self._tasks)
        await routed(NAMES, store, people=people, tasks=tasks[:1])
        staffed = weigh(self._client)
        desk = Desk(build("router", NAMES), store, TopicLogs(NAMES))
        await desk.take(tasks[1:])
        busy = weigh(self._client)
        return busy.over(staffed, self._tasks), staffed.over(empty, self._tasks)


async def _inputs(service: str, count: int) -> Sequence[Record]:
    """What makes that many open tasks: for qa and payout with one answer each."""
    if service == "intake":
        return await records_of(NAMES, flow.outputs(NAMES, count, waived_each=0))
    whole = flow.Flow(NAMES)
    await whole.run(flow.outputs(NAMES, count, waived_each=0), max(count // 10, 10))
    answers: dict[bytes | None, Record] = {}
    for record in whole.logs.of(ASSIGNMENTS):
        if record.header("ce_type") == AssignmentAnswered.TYPE:
            answers.setdefault(record.key, record)
    tasks = whole.logs.of(TASKS) if service == "qa" else []
    return [*tasks, *answers.values()]


def weights(on: Ground, tasks: int, tell: Tell) -> Weights:
    """Weigh that many tasks and workers."""
    return asyncio.run(Scales(on, tasks, tell).weigh())
