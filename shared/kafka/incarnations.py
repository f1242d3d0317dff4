"""Which incarnation of a topic its offsets belong to: one made anew starts at 0 again."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient

from shared.connect.access import REDIS_AWAY
from shared.connect.settings import ServiceSettings
from shared.contracts.errors import TransientError

log = structlog.get_logger()

ASK_SECONDS = 10.0
AGREE_SECONDS = 1.0


class Incarnations:
    """Counts the incarnations of topics, by the ids the broker gave them.

    Redis keeps them in one hash, `{service}:incarnations`: field `topic:ordinal`, value the id.
    A field is written once and never changed, so processes that start together agree. Where an id
    has several ordinals the highest counts: a Redis that was emptied would have a process that
    starts then count from 0 again, below what the others say, who therefore write theirs back.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._access = settings.kafka
        self._key = f"{{{settings.service}}}:incarnations"
        self._ids: dict[str, str] = {}
        self._ordinals: dict[str, int] = {}

    def of(self, topic: str) -> int:
        """How often the topic was made before, as far as this process knows."""
        return self._ordinals.get(topic, 0)

    def id_of(self, topic: str) -> str:
        """The id the broker gave the topic as it is now; empty where it was never asked."""
        return self._ids.get(topic, "")

    async def read(self, topics: Iterable[str], client: Any) -> None:
        """Ask the broker for the topics' ids and Redis for their ordinals; once, at start."""
        self._ids.update(await asyncio.to_thread(self._asked, sorted(topics)))
        await self.agree(client)

    async def agree(self, client: Any) -> None:
        """Write back what Redis has lost, and take over what is higher there."""
        try:
            there = _by_topic(await client.hgetall(self._key))
            for topic, topic_id in self._ids.items():
                known = there.get(topic, {})
                self._ordinals[topic] = await self._ordinal(client, topic, topic_id, known)
        except REDIS_AWAY as failure:
            raise TransientError(f"reading topic incarnations: {failure}") from failure

    async def keep(self, client: Any) -> None:
        """Agree again and again: sooner than any state that was lost is made whole."""
        away = False
        while True:
            await asyncio.sleep(AGREE_SECONDS)
            try:
                await self.agree(client)
            except TransientError as failure:
                if not away:
                    log.warning("topic ids wait for Redis", cause=str(failure))
                away = True
            else:
                away = False

    def _asked(self, topics: list[str]) -> Mapping[str, str]:
        admin = AdminClient(self._access.librdkafka())
        try:
            asked = admin.describe_topics(TopicCollection(topics), request_timeout=ASK_SECONDS)
            return {topic: str(done.result().topic_id) for topic, done in asked.items()}
        except KafkaException as failure:
            raise TransientError(f"reading topic ids: {failure}") from failure

    async def _ordinal(self, client: Any, topic: str, topic_id: str, there: dict[int, str]) -> int:
        """The highest ordinal of this id, never below one it had in this process."""
        had = self._ordinals.get(topic)
        ordinal = max((n for n, known in there.items() if known == topic_id), default=-1)
        if ordinal >= (had or 0):
            return ordinal
        if had is not None:
            await client.hsetnx(self._key, f"{topic}:{had}", topic_id)
            return had
        ordinal = max(there, default=-1) + 1
        while not await self._is_ours(client, f"{topic}:{ordinal}", topic_id):
            ordinal += 1
        return ordinal

    async def _is_ours(self, client: Any, field: str, topic_id: str) -> bool:
        await client.hsetnx(self._key, field, topic_id)
        return _text(await client.hget(self._key, field)) == topic_id


def _by_topic(fields: Mapping[Any, Any]) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {}
    for field, topic_id in fields.items():
        topic, _, ordinal = _text(field).rpartition(":")
        found.setdefault(topic, {})[int(ordinal)] = _text(topic_id)
    return found


def _text(given: bytes | str) -> str:
    return given.decode() if isinstance(given, bytes) else given
