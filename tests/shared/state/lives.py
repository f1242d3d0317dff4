"""One start of a payout whose state in Redis has a number, over topics without a record."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from redis.asyncio import Redis

from services.payout.service import build
from shared.contracts.errors import SettingError
from shared.contracts.topics import Names
from shared.recovery.catchup import CatchUp, Waits
from shared.state import version
from shared.state.commit import RedisStore
from tests.support.in_memory import dependencies_of
from tests.support.world.kafka import Broker, SimLog
from tests.support.world.kernel import Kernel

ROOT, POOL = "{payout}", "{payout:main}"
OLD, OURS = 1, 2
TOKENS = count()
Copy = list[tuple[bytes, Any]]


class NoLog(SimLog):
    """Topics without a record, outside any simulation."""

    def __init__(self) -> None:
        super().__init__(Broker(Kernel(0)), "payout")

    async def _there(self) -> None:
        return


class Life:
    """One start of a payout of this state version."""

    def __init__(self, client: Redis, number: int) -> None:
        self.client = client
        service = build(names=Names())
        self.service = replace(service, card=replace(service.card, state_version=number))
        self.store = RedisStore(client)
        nobody: Any = None
        self.dependencies = dependencies_of(self.service, store=self.store, publisher=nobody)
        waits = Waits(quiet=0.0, again=0.05)
        self.catch_up = CatchUp(self.dependencies, NoLog(), lambda: f"{next(TOKENS)}", waits)

    async def whole(self, *slots: str) -> None:
        """As a process does: it looks, loads the library, catches up, meets slots."""
        await version.check_before_start(self.client, self.service.card, self.service.root)
        await self.store.prepare()
        await self.catch_up.whole()
        for slot in slots:
            await self.catch_up.whole({slot})


async def kept(client: Redis, slot: str) -> Any:
    return await client.hget(f"{slot}:form", "form")


async def restart(client: Redis) -> None:
    """The server's memory is gone, the data is there."""
    await client.function_flush()


async def refused(doing: Any) -> str:
    with pytest.raises(SettingError) as failure:
        await doing
    return str(failure.value)


async def copied(client: Redis, slot: str) -> Copy:
    """A copy of a slot, as of one master of a cluster."""
    keys = sorted([key async for key in client.scan_iter(f"{slot}:*")])
    return [(key, await client.dump(key)) for key in keys]


async def put_back(client: Redis, copy: Copy) -> None:
    """A restart from it."""
    await restart(client)
    for key, value in copy:
        await client.restore(key, 0, value, replace=True)
