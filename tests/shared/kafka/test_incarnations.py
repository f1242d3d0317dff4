"""A topic made anew is another incarnation, to every process alike."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient
from redis.asyncio import Redis

from services.payout.settings import PayoutSettings
from shared.contracts.topics import PRESENCE, WORKERS
from shared.kafka import incarnations
from shared.kafka.incarnations import Incarnations
from shared.process.process import cancelled
from tests.support.cluster import Kafka
from tests.support.processes import make_topics, settings_for, until


async def test_a_topic_made_anew_counts_one_more(kafka: Kafka, redis_url: str, prefix: str) -> None:
    make_topics(kafka, prefix, [WORKERS, PRESENCE])
    names = [prefix + WORKERS.name, prefix + PRESENCE.name]
    settings = settings_for(kafka, redis_url, prefix)
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    async with Redis.from_url(redis_url) as client:
        first, second, third = (Incarnations(settings) for _ in range(3))
        await first.read(names, client)
        admin.delete_topics([names[0]])[names[0]].result()
        await until(lambda: names[0] not in admin.list_topics(timeout=60).topics)
        make_topics(kafka, prefix, [WORKERS])
        await until(lambda: names[0] in admin.list_topics(timeout=60).topics)
        await second.read(names, client)
        await third.read(names, client)

    assert [known.of(names[0]) for known in (first, second, third)] == [0, 1, 1]
    assert [known.of(names[1]) for known in (first, second, third)] == [0, 0, 0]


class FixedIncarnations(Incarnations):
    """Incarnations of one topic whose id is told, not asked for."""

    def __init__(self, topic_id: str) -> None:
        super().__init__(PayoutSettings())
        self.topic_id = topic_id

    def _asked(self, topics: list[str]) -> Mapping[str, str]:
        return dict.fromkeys(topics, self.topic_id)


async def read(client: Any, *topic_ids: str) -> list[FixedIncarnations]:
    """Processes that start one after the other."""
    found = [FixedIncarnations(topic_id) for topic_id in topic_ids]
    for one in found:
        await one.read(["workers"], client)
    return found


async def test_what_a_redis_that_was_emptied_has_lost_is_written_back(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as client:
        _, running = await read(client, "id-a", "id-b")
        await client.flushall()
        (fresh,) = await read(client, "id-b")
        alone = fresh.of("workers")
        await running.agree(client)
        await fresh.agree(client)
        (later, anew) = await read(client, "id-b", "id-c")

    assert alone == 0
    assert [one.of("workers") for one in (running, fresh, later, anew)] == [1, 1, 1, 2]
    assert fresh.id_of("workers") == "id-b"


async def test_a_redis_that_was_rolled_back_is_told_what_it_lacks(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as client:
        await read(client, "id-a")
        (running,) = await read(client, "id-b")
        await client.hdel("{payout}:incarnations", "workers:1")
        await running.agree(client)
        (fresh,) = await read(client, "id-b")

    assert running.of("workers") == fresh.of("workers") == 1


async def test_a_process_that_never_heard_of_the_newer_topic_changes_nothing(
    redis_url: str,
) -> None:
    async with Redis.from_url(redis_url) as client:
        stale, newer = await read(client, "id-a", "id-b")
        await stale.agree(client)
        await newer.agree(client)
        kept = await client.hgetall("{payout}:incarnations")

    assert [stale.of("workers"), newer.of("workers")] == [0, 1]
    assert kept == {b"workers:0": b"id-a", b"workers:1": b"id-b"}


async def test_agreement_is_kept_up(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incarnations, "AGREE_SECONDS", 0.01)
    async with Redis.from_url(redis_url) as client:
        (running,) = await read(client, "id-a")
        keeping = asyncio.create_task(running.keep(client))
        await client.flushall()
        await until(lambda: client.hgetall("{payout}:incarnations"))
        await cancelled(keeping)
