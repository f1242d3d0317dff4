"""A stopped service's keys are deleted and no others; while a process of it runs, none is."""

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from sentuh.__main__ import main
from sentuh.broker import redis_state
from sentuh.broker.users import rules
from sentuh.embedded.servers import Valkey
from services.payout.settings import PayoutSettings
from shared.connect.access import RedisAccess
from shared.contracts.errors import SettingError
from shared.kafka.incarnations import Incarnations
from shared.process.process import cancelled
from shared.state.commit import RedisStore
from tests.secure.redis_cluster import cluster

OWN = ("{payout}:epoch", "{payout}:form", "{payout}:slots", "{payout:main}:job:t-1")
ITS_RIGHTS = rules("payout").split()
OTHERS = ("{qa}:epoch", "{payouts}:epoch", "payout", "{router:payout}:task:t-1")


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_state, "LOOK_SECONDS", 0.1)


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with Valkey() as server:
        with Redis.from_url(server.url) as admin:
            admin.execute_command("ACL", "SETUSER", "payout", "on", ">pw", *ITS_RIGHTS)
        yield server


def filled(admin: Redis) -> None:
    admin.flushall()
    for key in (*OWN, *OTHERS):
        admin.set(key, 1)


@pytest.mark.usefixtures("brief")
def test_its_keys_are_deleted_with_the_rights_of_its_user(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SENTUH_REDIS_URL", valkey.url)
    monkeypatch.setenv("SENTUH_REDIS_USER", "payout")
    monkeypatch.setenv("SENTUH_REDIS_PASSWORD", "pw")
    with Redis.from_url(valkey.url, decode_responses=True) as admin:
        filled(admin)

        assert main(["redis", "empty", "payout"]) == 0

        assert set(admin.keys("*")) == set(OTHERS)
    assert f"{len(OWN)} keys of payout are deleted" in capsys.readouterr().out


SLOTS = ("{payout}", "{payout:main}")
JOBS = {"job:t-1", "job:t-2"}


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("commands", range(13))
async def test_broken_off_anywhere_what_is_left_is_closed_and_read_from_the_beginning(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch, commands: int
) -> None:
    """And it is still known to be state of a form, until nothing else is left."""
    client: Any = RedisAccess(valkey.url).client()
    store = await opened(client)
    monkeypatch.setattr(redis_state, "_together", breaking_off(commands))

    with contextlib.suppress(SettingError):
        await redis_state.empty(RedisAccess(valkey.url), "payout")

    for slot in SLOTS:
        left = {key.decode().rpartition("}:")[2] for key in await client.keys(f"{slot}:*")}
        assert left >= JOBS or (await store.epoch(slot) is None and "markers" not in left)
        assert left >= {"epoch", "form"} or not JOBS & left
    assert bool(await client.keys("*")) is (commands < 12), "twelve commands are all there are"
    await client.aclose()


async def opened(client: Any) -> RedisStore:
    """Two slots that are whole, with something in them."""
    store = RedisStore(client)
    await client.flushall()
    await store.prepare()
    for slot in SLOTS:
        await store.lead(slot, "t", seconds=60)
        await store.open(slot, "t", "e-1")
        for name in ("form", "markers", *JOBS):
            await client.set(f"{slot}:{name}", 1)
    return store


def breaking_off(after: int) -> Callable[..., Awaitable[None]]:
    """Lets so many commands through."""
    together, done = redis_state._together, itertools.count()

    async def let_through(client: object, commands: Sequence[tuple[str | bytes, ...]]) -> None:
        for command in commands:
            if next(done) >= after:
                raise RedisConnectionError("broken off")
            await together(client, [command])

    return let_through


async def test_while_a_process_runs_nothing_is_deleted(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, client = Running(), RedisAccess(valkey.url).client()
    await running.read(["verdicts"], client)
    keeping = asyncio.create_task(running.keep(client))
    with Redis.from_url(valkey.url, decode_responses=True) as admin:
        filled(admin)

        with pytest.raises(SettingError, match="still runs on Redis"):
            await redis_state.empty(RedisAccess(valkey.url), "payout")

        assert {*OWN, *OTHERS} < set(admin.keys("*"))
    await cancelled(keeping)
    await client.aclose()


class Running(Incarnations):
    """What a process of payout keeps up."""

    def __init__(self) -> None:
        super().__init__(PayoutSettings())

    def _asked(self, topics: list[str]) -> dict[str, str]:
        return dict.fromkeys(topics, "id-a")


@pytest.mark.slow
@pytest.mark.usefixtures("brief")
async def test_of_a_cluster_every_master_is_emptied_with_the_rights_of_its_user(
    tmp_path: Path,
) -> None:
    with cluster(tmp_path) as found:
        for server in (*found.masters, *found.replicas):
            with Redis.from_url(server.url) as admin:
                admin.execute_command("ACL", "SETUSER", "payout", "on", ">pw", *ITS_RIGHTS)
        access = RedisAccess(found.url, cluster=True, user="payout", password="pw")
        client = access.client()
        keys = [f"{{payout:{number}}}:job:t" for number in range(20)]
        assert {found.holder(key) for key in keys} == {0, 1, 2}
        for key in keys:
            await client.set(key, 1)

        assert await redis_state.empty(access, "payout") == len(keys)

        assert not any([await client.exists(key) for key in keys])
        await RedisStore(client).prepare()
        await client.aclose()


def test_a_redis_that_does_not_answer_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SENTUH_REDIS_URL", "redis://127.0.0.1:1")

    assert main(["redis", "empty", "payout"]) == 2
    assert "sentuh: SENTUH_REDIS_URL: Redis at 127.0.0.1:1" in capsys.readouterr().err
