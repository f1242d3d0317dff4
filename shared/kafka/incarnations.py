"""Numbers the incarnations of a topic: one that is deleted and created again starts at offset 0.

An offset alone would then name two records. With the incarnation's number before it, the position
of a record in its topic only rises. Example: `(0, 812)` is followed by `(1, 0)`.
"""

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
    """Numbers each topic's incarnations, of which it has one more after each new creation.

    Redis keeps the numbers in one hash, `{service}:incarnations`: field `topic:number`, value the
    id that the broker gave the topic. A field is written once and never changed, so processes that
    start together agree.

    After Redis was emptied, a process that starts numbers from 0 again, below the numbers that
    running processes use. Those write their numbers back, and of several numbers of one id the
    highest counts. Example: `tasks:0` holds the id of the first `tasks`, `tasks:1` that of the one
    created later.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._access = settings.kafka
        self._key = f"{{{settings.service}}}:incarnations"
        self._ids: dict[str, str] = {}
        self._ordinals: dict[str, int] = {}

    def of(self, topic: str) -> int:
        """Return the number of the topic's incarnation, 0 for the first or an unknown topic.

        The number rises each time the topic is deleted and created again. Example: 1 after the
        topic was deleted and created again once.
        """
        return self._ordinals.get(topic, 0)

    def id_of(self, topic: str) -> str:
        """Return the id that the broker gave the topic, as read at start; "" if it was not read."""
        return self._ids.get(topic, "")

    async def read(self, topics: Iterable[str], client: Any) -> None:
        """Ask the broker for the ids of these topics, and Redis for their numbers; called at start.

        `client` is a Redis client. Raises TransientError if Kafka or Redis does not answer.
        Example: `await incarnations.read(["tasks"], client)`.
        """
        self._ids.update(await asyncio.to_thread(self._asked, sorted(topics)))
        await self.agree(client)

    async def agree(self, client: Any) -> None:
        """Write numbers that Redis has lost back to it, and take over higher ones from there.

        `client` is a Redis client. Raises TransientError if Redis does not answer. Example: Redis
        was emptied: `tasks:1`, which this process uses, is written again.
        """
        try:
            there = _by_topic(await client.hgetall(self._key))
            for topic, topic_id in self._ids.items():
                numbers = there.get(topic, {})
                self._ordinals[topic] = await self._ordinal(client, topic, topic_id, numbers)
        except REDIS_AWAY as failure:
            raise TransientError(f"reading topic incarnations: {failure}") from failure

    async def keep(self, client: Any) -> None:
        """Call `agree` once a second until cancelled, through outages of Redis.

        So numbers that Redis lost are back before lost state is rebuilt, which compares offsets.
        Example: `asyncio.create_task(incarnations.keep(client))`.
        """
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
        """Return the number to use for this topic id, and write it to Redis if it is missing there.

        It is the highest number that Redis has for the id, never below the one this process used,
        and else the next free one. `there` maps the topic's numbers in Redis to ids. Example:
        `{0: "a"}` and the id "b" give 1.
        """
        had = self._ordinals.get(topic)
        ordinal = max((n for n, its_id in there.items() if its_id == topic_id), default=-1)
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
        """Write the id into this field if it is missing; return whether the field holds it now."""
        await client.hsetnx(self._key, field, topic_id)
        return _text(await client.hget(self._key, field)) == topic_id


def _by_topic(fields: Mapping[Any, Any]) -> dict[str, dict[int, str]]:
    by_topic: dict[str, dict[int, str]] = {}
    for field, topic_id in fields.items():
        topic, _, ordinal = _text(field).rpartition(":")
        by_topic.setdefault(topic, {})[int(ordinal)] = _text(topic_id)
    return by_topic


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw
