"""Exact counts of one service: calls of functions a record, bytes and writes in Redis a record.

The service's pipeline runs in this process on the records of the bench's case, over a real Redis
and topics in memory, in batches of a size that is named. What the machine does besides changes
none of the counts but by the few calls of a gather that is settled because time has passed.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import redis
import redis.asyncio

from bench.side.borrowed import Names, RedisStore, TopicLogs, cases, inside, state
from bench.side.called import Calls
from bench.side.meter import Meter

BATCHES = {"large": 250, "small": 5}
"""Records of one batch: as in a burst, and as at ten outputs a second."""


class Counted:
    """One service's pipeline over a Redis that is put back to where it was before each run."""

    def __init__(self, url: str, service: str, records: int) -> None:
        self._url = url
        self._names = Names(f"counted-{service}-")
        self._service = inside.build(service, self._names)
        self._count = records
        self._client = redis.Redis.from_url(url)
        self._meter = Meter(url)

    async def counts(self) -> dict[str, dict[str, float]]:
        """Everything that is counted, by the size of the batches."""
        client = redis.asyncio.Redis.from_url(self._url)
        try:
            await client.flushall()
            store = RedisStore(client)
            await store.prepare()
            await state.open_epochs(self._service, store)
            case = await cases.case(self._service.name, self._names, self._count, store)
            records = await cases.records_of(self._names, case.inputs)
            image = state.Image.of(self._client)
            return {
                name: await self._counts(store, image, records, size)
                for name, size in BATCHES.items()
            }
        finally:
            await client.aclose()

    async def _counts(
        self, store: Any, image: Any, records: Sequence[Any], size: int
    ) -> dict[str, float]:
        """Take the records through twice: once counted by Redis, once call by call."""
        inside.BATCH = size
        image.put_back(self._client)
        desk = inside.Desk(self._service, store, TopicLogs(self._names))
        before = self._meter.read()
        await _taken(desk, records)
        asked = self._meter.since(before, records=len(records))
        image.put_back(self._client)
        desk = inside.Desk(self._service, store, TopicLogs(self._names))
        with Calls() as calls:
            await _taken(desk, records)
        return {**asked, "functions": calls.count / len(records)}


async def _taken(desk: Any, records: Sequence[Any]) -> None:
    """Have the records handled, and settled to the last: builds that gather have `finish`."""
    await desk.take(records)
    finish = getattr(desk, "finish", None)
    if finish is not None:
        await finish()


def counts(*, url: str, service: str, records: int) -> dict[str, dict[str, float]]:
    """Count what a record of the service asks of Redis and of the interpreter."""
    return asyncio.run(Counted(url, service, records).counts())
