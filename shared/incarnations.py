"""Which incarnation of a topic its offsets belong to: one made anew starts at 0 again."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient
from redis.exceptions import RedisError

from shared.errors import TransientError
from shared.settings import ServiceSettings

ASK_SECONDS = 10.0


class Incarnations:
    """Counts the incarnations of topics, by the ids the broker gave them.

    Redis keeps them in one hash, `{service}:incarnations`: field `topic:ordinal`, value the id.
    A field is written once and never changed, so processes that start together agree.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._bootstrap = settings.kafka_bootstrap_servers
        self._key = f"{{{settings.service}}}:incarnations"
        self._ordinals: dict[str, int] = {}

    def of(self, topic: str) -> int:
        """How often the topic was made before, as far as this process knows."""
        return self._ordinals.get(topic, 0)

    async def read(self, topics: Iterable[str], client: Any) -> None:
        """Ask the broker for the topics' ids and Redis for their ordinals; once, at start."""
        ids = await asyncio.to_thread(self._ids, sorted(topics))
        try:
            for topic, topic_id in ids.items():
                self._ordinals[topic] = await self._ordinal(client, topic, topic_id)
        except (RedisError, OSError) as failure:
            raise TransientError(f"reading topic incarnations: {failure}") from failure

    def _ids(self, topics: list[str]) -> Mapping[str, str]:
        admin = AdminClient({"bootstrap.servers": self._bootstrap, "log_level": 0})
        try:
            asked = admin.describe_topics(TopicCollection(topics), request_timeout=ASK_SECONDS)
            return {topic: str(done.result().topic_id) for topic, done in asked.items()}
        except KafkaException as failure:
            raise TransientError(f"reading topic ids: {failure}") from failure

    async def _ordinal(self, client: Any, topic: str, topic_id: str) -> int:
        ordinal = 0
        while True:
            field = f"{topic}:{ordinal}"
            await client.hsetnx(self._key, field, topic_id)
            known = await client.hget(self._key, field)
            if known in (topic_id, topic_id.encode()):
                return ordinal
            ordinal += 1
