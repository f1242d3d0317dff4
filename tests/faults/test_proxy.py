"""A reply that is lost was preceded by the deed."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from sentuh.embedded.servers import Valkey
from shared.contracts.errors import TransientError
from shared.state.commit import RedisStore
from tests.faults.proxy import EVERY, Proxy

SLOT = "{intake:0}"


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    with Valkey(tmp_path / "valkey") as server:
        yield server


async def test_reply_is_lost_after_the_deed(valkey: Valkey) -> None:
    direct = Redis.from_url(valkey.url)
    await RedisStore(direct).prepare()
    async with Proxy(valkey.port) as proxy:
        through = Redis.from_url(proxy.url, retry=Retry(NoBackoff(), 0))
        store = RedisStore(through)
        proxy.losing = True
        heard = 0
        for _ in range(EVERY):
            await direct.delete(f"{SLOT}:lease")
            with contextlib.suppress(TransientError):
                heard += await store.lead(SLOT, "token", seconds=10)
            assert await direct.get(f"{SLOT}:lease") == b"token"
        await through.aclose()
    await direct.aclose()
    assert proxy.lost == {"sentuh_lead": 2}
    assert heard == EVERY - 2


async def test_nothing_is_lost_unless_it_is_told_to(valkey: Valkey) -> None:
    async with Proxy(valkey.port) as proxy:
        client = Redis.from_url(proxy.url)
        assert await client.set("kept", "x" * 200_000)
        assert await client.get("kept") == b"x" * 200_000
        await client.aclose()
    assert not proxy.lost
