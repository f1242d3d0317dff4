"""What services keep in Redis: epochs opened on nothing, images to go back to, bytes by kind."""
# ruff: noqa: ARG002 - a log without partitions is asked about them in the same words

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgpack
import redis
from prometheus_client import CollectorRegistry

from bench.inside import Desk
from services.intake import keys as intake_keys
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import Topic
from shared.pattern.service import Service
from shared.recovery.catchup import CatchUp, Waits
from shared.recovery.journal_log import LogReader
from shared.state.commit import RedisStore
from shared.state.store import Store
from tests.support.world.topic_logs import TopicLogs

POOL = "main"
BOOKKEEPING = re.compile(r"}:(attempts|markers|unsettled|epoch|form|lease|slots|incarnations)$")


class NoLog(LogReader):
    """Topics of which nothing is to be folded."""

    async def ends(self, topic: Topic) -> Mapping[TopicPartition, int]:
        """No partition."""
        return {}

    async def committed(self, topic: Topic) -> Mapping[TopicPartition, int]:
        """No partition."""
        return {}

    async def before(self, place: TopicPartition, offset: int, *, seconds: float) -> int:
        """The same."""
        return offset

    async def read(
        self, place: TopicPartition, start: int, end: int
    ) -> AsyncIterator[Sequence[Record]]:
        """Nothing."""
        nothing: Sequence[Sequence[Record]] = ()
        for records in nothing:
            yield records


def slots_of(service: Service) -> list[str]:
    """The slots a service uses here."""
    if service.name == "intake":
        return [intake_keys.slot(str(number)) for number in range(intake_keys.BUCKETS)]
    return [f"{{{service.name}:{POOL}}}"]


async def open_epochs(service: Service, store: Store) -> None:
    """Make the service's state whole at once: nothing is on its way here."""
    catch_up, _ = catching_up(service, store, NoLog())
    await catch_up.whole()
    for slot in slots_of(service):
        await catch_up.whole({slot})


def catching_up(
    service: Service, store: Store, log: LogReader
) -> tuple[CatchUp, CollectorRegistry]:
    """What makes the service's state whole without waiting, and its metrics."""
    desk = Desk(service, store, TopicLogs(service.names))
    return CatchUp(desk.means, log, _token, Waits(quiet=0.0)), desk.registry


def _token() -> str:
    return f"bench-{uuid4().hex}"


class Unsettling(RedisStore):
    """A store in which outcomes stay as they are until they are published."""

    async def settle(self, settlements: Mapping[str, Any]) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Image:
    """Everything in a Redis database at one moment: key, expiry in ms or -1, value."""

    rows: Sequence[tuple[bytes, int, bytes]]

    @classmethod
    def of(cls, client: "redis.Redis") -> "Image":
        """As it is now."""
        keys = sorted(client.scan_iter(count=1000))
        pipeline = client.pipeline(transaction=False)
        for key in keys:
            pipeline.pexpiretime(key)
            pipeline.dump(key)
        told = pipeline.execute()
        return cls(list(zip(keys, told[::2], told[1::2], strict=True)))

    def put_back(self, client: "redis.Redis") -> None:
        """Make it as it was, its epochs open under their names."""
        pipeline = client.pipeline(transaction=True)
        pipeline.flushall()
        for key, expires, value in self.rows:
            pipeline.restore(key, max(expires, 0), value, absttl=expires > 0)
        pipeline.execute()
        for key, _, _ in self.rows:
            if key.endswith(b":epoch"):
                _open(client, key.removesuffix(b":epoch"), client.get(key))


def _open(client: "redis.Redis", slot: bytes, epoch: Any) -> None:
    """Open an epoch in the memory of the function library, as one that has caught up does."""
    for function, argument in (("sentuh_lead", [epoch, 1000]), ("sentuh_open", [epoch, epoch])):
        client.fcall(function, 1, slot, msgpack.packb(argument, use_bin_type=False))


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes in Redis: facts and indexes, outcomes, what the pattern notes besides."""

    live: int
    outcomes: int
    notes: int

    def over(self, before: "Weight", count: int) -> "Weight":
        """What came on top, for each of so many things."""
        return Weight(
            (self.live - before.live) // count,
            (self.outcomes - before.outcomes) // count,
            (self.notes - before.notes) // count,
        )


def weigh(client: "redis.Redis") -> Weight:
    """What every key takes, by its kind."""
    keys = list(client.scan_iter(count=1000))
    pipeline = client.pipeline(transaction=False)
    for key in keys:
        pipeline.memory_usage(key, samples=0)
    sums: dict[str, int] = defaultdict(int)
    for key, size in zip(keys, pipeline.execute(), strict=True):
        sums[kind_of(key.decode())] += size or 0
    return Weight(sums["live"], sums["outcome"], sums["note"])


def kind_of(key: str) -> str:
    """Live state, outcome, or a note of the pattern's own."""
    if "}:outcome:" in key:
        return "outcome"
    return "note" if BOOKKEEPING.search(key) else "live"
