"""A stopped service's keys are deleted and no others; while a process of it runs, none is."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from sentuh import redis_state
from sentuh.__main__ import main
from sentuh.redis_users import rules
from sentuh.stack import Valkey
from services.payout.settings import PayoutSettings
from shared.access import RedisAccess
from shared.errors import SettingError
from shared.incarnations import Incarnations
from tests.secure.cluster import cluster

OWN = ("{payout}:epoch", "{payout}:form", "{payout}:slots", "{payout:main}:job:t-1")
OTHERS = ("{qa}:epoch", "{payouts}:epoch", "payout", "{router:payout}:task:t-1")


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_state, "LOOK_SECONDS", 0.1)


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with Valkey() as server:
        with Redis.from_url(server.url) as admin:
            admin.execute_command("ACL", "SETUSER", "payout", "on", ">pw", *rules("payout").split())
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


@pytest.mark.usefixtures("brief")
async def test_epochs_and_forms_go_last(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken off in the middle, what is left is still known to be state of that form."""
    asked: list[bytes] = []

    async def note(_: object, keys: list[bytes]) -> None:
        asked.extend(keys)

    monkeypatch.setattr(redis_state, "_together", note)
    with Redis.from_url(valkey.url) as admin:
        filled(admin)
        await redis_state.empty(RedisAccess(valkey.url), "payout")

    assert {key.rpartition(b":")[2] for key in asked[-2:]} == {b"epoch", b"form"}


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
    while not keeping.done():
        keeping.cancel()
        await asyncio.wait({keeping}, timeout=0.5)
    await client.aclose()


class Running(Incarnations):
    """What a process of payout keeps up."""

    def __init__(self) -> None:
        super().__init__(PayoutSettings())

    def _asked(self, topics: list[str]) -> dict[str, str]:
        return dict.fromkeys(topics, "id-a")


@pytest.mark.slow
@pytest.mark.usefixtures("brief")
async def test_of_a_cluster_every_master_is_emptied(tmp_path: Path) -> None:
    with cluster(tmp_path) as found:
        access = RedisAccess(found.url, cluster=True)
        client = access.client()
        keys = [f"{{payout:{number}}}:job:t" for number in range(20)]
        assert {found.holder(key) for key in keys} == {0, 1, 2}
        for key in (*keys, "{qa:main}:task:t"):
            await client.set(key, 1)

        assert await redis_state.empty(access, "payout") == len(keys)

        assert await client.exists("{qa:main}:task:t")
        assert not any([await client.exists(key) for key in keys])
        await client.aclose()


def test_a_redis_that_does_not_answer_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SENTUH_REDIS_URL", "redis://127.0.0.1:1")

    assert main(["redis", "empty", "payout"]) == 2
    assert "sentuh: SENTUH_REDIS_URL: Redis at 127.0.0.1:1" in capsys.readouterr().err
