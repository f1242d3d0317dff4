"""One Redis server is one installation's: another prefix or database of it ends a start."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis

from shared.connect.access import RedisAccess
from shared.contracts.errors import SettingError, TransientError
from shared.contracts.topics import TOPICS
from shared.process.process import cancelled
from shared.state import home, library
from shared.state.commit import RedisStore
from shared.state.home import Home, prefix_of
from tests.secure.redis_cluster import cluster
from tests.support.processes import until

ROOT = "{payout}"


@pytest.fixture(autouse=True)
def _short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is let in waits as long as it takes: only `_refused_soon` bounds that."""
    monkeypatch.setattr(home, "LEASE_SECONDS", 1.0)
    monkeypatch.setattr(home, "AGAIN_SECONDS", 0.1)
    monkeypatch.setattr(home, "WAIT_SECONDS", 120.0)
    monkeypatch.setattr(home, "ANSWER_SECONDS", 120.0)


@pytest.fixture
def _refused_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is refused waits for longer than a lease, and no more."""
    monkeypatch.setattr(home, "WAIT_SECONDS", 1.4)


@pytest.fixture
def _long_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lease ends because its holder is held up."""
    monkeypatch.setattr(home, "LEASE_SECONDS", 600.0)


@pytest.fixture
async def other_database(redis_url: str) -> AsyncIterator[Redis]:
    """A client of another logical database of the same server."""
    async with Redis.from_url(urlsplit(redis_url)._replace(path="/1").geturl()) as client:
        yield client


async def started(client: Any, prefix: str = "") -> Home:
    """As a start does it: look, load the library, take the place."""
    place = Home(client, ROOT, prefix)
    await place.check()
    await RedisStore(client).prepare()
    await place.claim()
    return place


async def refused(client: Any, prefix: str) -> str:
    with pytest.raises(SettingError) as failure:
        await started(client, prefix)
    return str(failure.value)


async def test_another_prefix_is_named_and_ends_the_start(client: Redis) -> None:
    await started(client, "blue-")

    line = await refused(client, "green-")

    print(line)
    assert line == (
        "SENTUH_TOPIC_PREFIX: this Redis holds payout's state of topics with the prefix 'blue-',"
        " and this process has 'green-': give each prefix a Redis of its own (SENTUH_REDIS_URL), or"
        " correct the prefix; where the other is no more, stop its processes and run"
        " `sentuh redis empty payout`"
    )


async def test_another_prefix_is_named_after_a_restart_too(client: Redis) -> None:
    await started(client)
    await client.function_flush()

    assert "of topics with the prefix ''" in await refused(client, "green-")


async def test_the_same_prefix_starts_again_and_beside_itself(client: Redis) -> None:
    for _ in range(3):
        await started(client, "blue-")
    await client.function_flush()
    await started(client, "blue-")

    assert await client.hget(f"{ROOT}:home", "topics") == b"blue-"


async def test_state_without_a_mark_is_taken_by_the_first_start(client: Redis) -> None:
    await client.hset(f"{ROOT}:form", "form", "1")

    await started(client, "blue-")

    assert "prefix 'blue-'" in await refused(client, "green-")


async def test_state_without_a_mark_is_known_by_its_topics(client: Redis) -> None:
    """Or whoever starts with a wrong prefix first would have the right one refused for good."""
    await client.hset(f"{ROOT}:incarnations", mapping={"verdicts:0": "a", "tasks:0": "b"})

    assert "of topics with the prefix ''" in await refused(client, "green-")
    await started(client)

    await client.flushall()
    await client.hset(f"{ROOT}:incarnations", mapping={"blue-verdicts:0": "a", "tasks:0": "b"})
    await started(client, "blue-")


@pytest.mark.usefixtures("_refused_soon", "_long_leases")
async def test_another_database_of_the_server_ends_the_start_and_disturbs_nobody(
    client: Redis, other_database: Redis
) -> None:
    place, store = await started(client), RedisStore(client)
    keeping = asyncio.create_task(place.keep())
    assert await store.lead(ROOT, "t", seconds=60)
    assert await store.open(ROOT, "t", "e-1")

    line = await refused(other_database, "")

    print(line)
    assert line.startswith("SENTUH_REDIS_URL: another installation's payout runs on this Redis")
    assert "or in another logical database than 1" in line
    assert await store.epoch(ROOT) == "e-1"
    await cancelled(keeping)


async def test_what_an_epoch_is_asked_for_in_another_database_closes_it(
    client: Redis, other_database: Redis
) -> None:
    """Why databases are not apart: were they once, the lease could go."""
    await started(client)
    store = RedisStore(client)
    assert await store.lead(ROOT, "t", seconds=60)
    assert await store.open(ROOT, "t", "e-1")

    assert await RedisStore(other_database).epoch(ROOT) is None

    assert await store.epoch(ROOT) is None


async def test_a_place_that_is_left_can_be_taken_in_another_database(
    client: Redis, other_database: Redis
) -> None:
    await started(client)

    await started(other_database)


async def test_a_server_that_restarted_or_was_emptied_is_held_again(client: Redis) -> None:
    place = await started(client, "blue-")
    keeping = asyncio.create_task(place.keep())

    await client.flushall()
    await client.function_flush()

    async def marked_again() -> bool:
        return await client.hget(f"{ROOT}:home", "topics") == b"blue-"

    await until(marked_again)
    assert "prefix 'blue-'" in await refused(client, "green-")
    await cancelled(keeping)


@pytest.mark.usefixtures("_refused_soon")
async def test_who_waits_does_not_take_the_place_of_one_whose_server_restarts(
    client: Redis, other_database: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second installation that is started again and again must not end the first."""
    monkeypatch.setattr(home, "AGAIN_SECONDS", 0.3)
    place = await started(client)
    keeping = asyncio.create_task(place.keep())
    waiting = asyncio.create_task(started(other_database))
    for _ in range(3):
        await asyncio.sleep(0.4)
        await client.function_load(library.SOURCE, replace=True)  # forgets as a restart does

    with pytest.raises(SettingError, match="another installation's payout"):
        await waiting
    assert not keeping.done()
    await cancelled(keeping)


@pytest.mark.usefixtures("_long_leases")
async def test_who_lost_its_place_while_running_ends(client: Redis, other_database: Redis) -> None:
    place = await started(client)
    await client.function_flush()
    other = await started(other_database, "green-")
    keeping = asyncio.create_task(other.keep())

    with pytest.raises(SettingError, match="another installation's payout"):
        await place.keep()
    await cancelled(keeping)


async def test_a_server_that_hangs_is_not_taken_for_another_installation(
    client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hanging(*_: object) -> bytes:
        await asyncio.Event().wait()
        return b""

    monkeypatch.setattr(client, "fcall", hanging)
    monkeypatch.setattr(home, "ANSWER_SECONDS", 0.1)

    with pytest.raises(TransientError, match="no answer in time"):
        await Home(client, ROOT, "").claim()


async def test_two_services_of_one_installation_share_a_server(client: Redis) -> None:
    await started(client, "blue-")

    await Home(client, "{qa}", "blue-").claim()


def test_the_prefix_of_a_topic_is_what_stands_before_its_row() -> None:
    prefixes = ("", "blue-", "qa.", "tasks-")

    assert {prefix_of(p + row.name) for p in prefixes for row in TOPICS} == set(prefixes)


@pytest.mark.slow
async def test_a_cluster_has_one_place_too(tmp_path: Path) -> None:
    with cluster(tmp_path) as servers:
        client = RedisAccess(servers.url, cluster=True).client()
        await started(client, "blue-")
        assert "prefix 'blue-'" in await refused(client, "green-")
        await client.aclose()
