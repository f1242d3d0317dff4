"""Keeps in Redis how far each partition was read, and which records a topic lost before that.

A broker deletes records by their age, by a topic's size and on command, whether anybody has read
them or not. Kafka forgets a group's offsets too, after a week without a member. So both are noted
beside the state, in two hashes that no fold writes: a rebuild of lost state leaves them alone, and
whoever empties Redis takes them away.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from shared.connect.access import REDIS_AWAY
from shared.contracts.errors import TransientError
from shared.contracts.record import TopicPartition
from shared.observe.metrics import PatternMetrics

log = structlog.get_logger()

KEEP_SECONDS = 1.0
LOSSES_MAX = 1000
"""Losses that are kept one by one; of further ones only the number of records is kept."""
FURTHER = "further"


@dataclass(frozen=True, slots=True)
class Loss:
    """Records of one partition that were deleted before a service read them.

    `first` is the offset of the first one, `end` the offset behind the last one; `incarnation`
    tells apart topics of one name. Example: `Loss("tasks", 3, 0, 100, 150).records == 50`.
    """

    topic: str
    partition: int
    incarnation: int
    first: int
    end: int

    @property
    def records(self) -> int:
        """The number of offsets that were skipped; holes of transactions count as records."""
        return self.end - self.first

    @property
    def field(self) -> str:
        """The field of the hash that keeps the loss. Example: `tasks:3:0:100`."""
        first = FURTHER if self.first < 0 else str(self.first)
        return f"{self.topic}:{self.partition}:{self.incarnation}:{first}"


@dataclass(frozen=True, slots=True)
class Position:
    """How far a partition was read, in one incarnation of its topic."""

    incarnation: int
    offset: int


Positions = dict[TopicPartition | str, Position]
"""Positions by partition; under the name of a topic alone, how many partitions were noted."""


def read_key(root: str) -> str:
    """Name the hash of positions: `topic:partition` to `incarnation:offset`, kept for ever.

    Field `topic` alone holds `incarnation:count`, of the partitions that were noted together.
    Example: `{intake}:read`.
    """
    return f"{root}:read"


def lost_key(root: str) -> str:
    """Name the hash of losses: `topic:partition:incarnation:first` to the end, kept for ever.

    It has `LOSSES_MAX` fields, and one more for each partition that loses more after that: there
    `first` is `further`, and the value a number of records. Example: `{intake}:lost`.
    """
    return f"{root}:lost"


def losses_in(fields: Mapping[Any, Any]) -> list[Loss]:
    """Return the losses that a hash holds, by topic, partition and offset.

    One of which only the number of records is kept begins at -1. Example: `{b"tasks:3:0:100":
    b"150"}` gives `[Loss("tasks", 3, 0, 100, 150)]`.
    """
    losses = []
    for field, value in fields.items():
        topic, partition, incarnation, first = _text(field).rsplit(":", 3)
        begin, end = (-1, int(value) - 1) if first == FURTHER else (int(first), int(value))
        losses.append(Loss(topic, int(partition), int(incarnation), begin, end))
    return sorted(losses, key=lambda loss: (loss.topic, loss.partition, loss.first))


class Losses:
    """The positions and losses of one service in Redis, and the metric that shows the losses.

    `client` is a Redis client, `root` the hash tag of the service's root slot. Example:
    `Losses(client, "{intake}", metrics)`.
    """

    def __init__(self, client: Any, root: str, metrics: PatternMetrics) -> None:
        self._client = client
        self._read_key = read_key(root)
        self._lost_key = lost_key(root)
        self._metrics = metrics
        self._moved: Positions = {}

    async def positions(self) -> Positions:
        """Load how far each partition was read; TransientError if Redis does not answer."""
        return _positions(await self._asked(self._client.hgetall(self._read_key)))

    def moved(self, positions: Mapping[TopicPartition | str, Position]) -> None:
        """Remember that partitions were read so far; `keep` writes it within a second."""
        self._moved.update(positions)

    async def note(self, losses: Iterable[Loss], positions: Positions) -> None:
        """Write losses, then positions behind them; TransientError if Redis does not answer.

        A loss that is noted twice counts once. Example: offsets 100 to 149 are noted, the process
        dies, and the next one notes 100 to 159: 60 records are lost.
        """
        # The losses first: a position behind a loss that is not kept would hide it for ever.
        for loss in losses:
            await self._note(loss)
            log.error(
                "records were deleted before they were read",
                topic=loss.topic,
                partition=loss.partition,
                first=loss.first,
                end=loss.end,
                records=loss.records,
            )
        self.moved(positions)
        await self.flush()

    async def flush(self) -> None:
        """Write positions that have moved, in one call; TransientError if Redis does not answer."""
        if not self._moved:
            return
        moved, self._moved = self._moved, {}
        fields = {_field(name): f"{at.incarnation}:{at.offset}" for name, at in moved.items()}
        try:
            await self._asked(self._client.hset(self._read_key, mapping=fields))
        except TransientError:
            self._moved = moved | self._moved
            raise

    async def show(self) -> None:
        """Set the metric to what Redis holds; TransientError if Redis does not answer."""
        sums: dict[str, int] = {}
        for loss in losses_in(await self._asked(self._client.hgetall(self._lost_key))):
            label = self._metrics.topic(loss.topic)
            sums[label] = sums.get(label, 0) + loss.records
        self._metrics.show_losses(sums)

    async def keep(self) -> None:
        """Write positions and show losses once a second until cancelled, through outages of Redis.

        Example: `asyncio.create_task(losses.keep())`.
        """
        away = False
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            try:
                await self.flush()
                await self.show()
            except TransientError as failure:
                if not away:
                    log.warning("positions wait for Redis", cause=str(failure))
                away = True
            else:
                away = False

    async def _note(self, loss: Loss) -> None:
        client, key = self._client, self._lost_key
        fields = await self._asked(client.hgetall(key))
        if len(fields) < LOSSES_MAX or loss.field.encode() in fields:
            await self._asked(client.hset(key, loss.field, loss.end))
        else:
            further = replace(loss, first=-1).field
            await self._asked(client.hincrby(key, further, loss.records))

    async def _asked(self, call: Any) -> Any:
        try:
            return await call
        except REDIS_AWAY as failure:
            raise TransientError(f"positions in {self._read_key}: {failure}") from failure


def _positions(fields: Mapping[Any, Any]) -> Positions:
    positions: Positions = {}
    for field, value in fields.items():
        topic, _, partition = _text(field).partition(":")
        incarnation, _, offset = _text(value).partition(":")
        name = TopicPartition(topic, int(partition)) if partition else topic
        positions[name] = Position(int(incarnation), int(offset))
    return positions


def _field(name: TopicPartition | str) -> str:
    return name if isinstance(name, str) else name.marker


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw
