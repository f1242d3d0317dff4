"""A topic made anew is another incarnation, to every process alike."""

from confluent_kafka.admin import AdminClient
from redis.asyncio import Redis

from shared.incarnations import Incarnations
from shared.topics import PRESENCE, WORKERS
from tests.parts import Kafka
from tests.shared.runtime import make_topics, settings_for, until


async def test_a_topic_made_anew_counts_one_more(kafka: Kafka, redis_url: str, prefix: str) -> None:
    make_topics(kafka, prefix, [WORKERS, PRESENCE])
    names = [prefix + WORKERS.name, prefix + PRESENCE.name]
    settings = settings_for(kafka, redis_url, prefix)
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    async with Redis.from_url(redis_url) as client:
        first, second, third = (Incarnations(settings) for _ in range(3))
        await first.read(names, client)
        admin.delete_topics([names[0]])[names[0]].result()
        await until(lambda: names[0] not in admin.list_topics(timeout=5).topics)
        make_topics(kafka, prefix, [WORKERS])
        await until(lambda: names[0] in admin.list_topics(timeout=5).topics)
        await second.read(names, client)
        await third.read(names, client)

    assert [known.of(names[0]) for known in (first, second, third)] == [0, 1, 1]
    assert [known.of(names[1]) for known in (first, second, third)] == [0, 0, 0]
