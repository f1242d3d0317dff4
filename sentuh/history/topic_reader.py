"""Reads topics from their beginning to their end with a plain consumer of no group."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition

from sentuh.broker.topics import partitions
from shared.connect.access import KafkaAccess
from shared.contracts import header_names
from shared.contracts.errors import SettingError
from shared.contracts.record import Record, TopicPartition
from shared.contracts.rights import AUDITOR
from shared.contracts.topics import TOPICS, Names

POLL_MS = 200
FETCH_WAIT_MS = 50
SILENT_SECONDS = 60.0
"""A broker that says nothing for so long is given up: half a history is no history."""

Keep = Callable[[Record], bool]


async def read_all(
    where: KafkaAccess | str, names: Names, there: Mapping[str, int]
) -> list[Record]:
    """Every record of every topic of ours; `there` is what is `present`.

    Effects are read before causes, so that on a cluster at work nothing seems to come from nothing.
    """
    records: list[Record] = []
    for row in reversed(TOPICS):
        places = [TopicPartition(names.of(row), at) for at in range(there[names.of(row)])]
        records += await read(where, places)
    return records


async def present(where: KafkaAccess | str, names: Names) -> Mapping[str, int]:
    """How many partitions each topic of ours has, by its name; SettingError where one lacks.

    Who reads a history reads all of it, so what is lacking of the auditor's rights is refused too.
    """
    there = await partitions(where, names, AUDITOR)
    missing = sorted({names.of(row) for row in TOPICS} - there.keys())
    if missing:
        raise SettingError(
            f"{len(missing)} topics are not there ({missing[0]}, ...): correct --prefix, or make"
            " them with `sentuh topics apply`"
        )
    return there


async def cut(where: KafkaAccess | str, names: Names, there: Mapping[str, int]) -> frozenset[str]:
    """Topics of which some partition has lost its beginning, be nothing left in it; `there` is what
    is `present`.
    """
    places = [ClientPartition(topic, at) for topic in map(names.of, TOPICS)
              for at in range(there[topic])]  # fmt: skip
    consumer = _consumer(where)
    await consumer.start()
    try:
        begins = await consumer.beginning_offsets(places)
    finally:
        await consumer.stop()
    return frozenset(place.topic for place, begin in begins.items() if begin > 0)


async def read(
    where: KafkaAccess | str,
    places: Sequence[TopicPartition],
    keep: Keep = lambda _: True,
    *,
    after: Mapping[TopicPartition, int] | None = None,
) -> list[Record]:
    """The records of these partitions that are to be kept, in order within each; of a partition
    named in `after` those from that offset on.

    An end is the high-water mark of the first fetch: it is right where end offsets are not.
    """
    parts = [ClientPartition(*place) for place in places]
    consumer = _consumer(where)
    consumer.assign(parts)
    await consumer.start()
    try:
        for place, offset in (after or {}).items():
            consumer.seek(ClientPartition(*place), offset)
        return await _to_the_end(consumer, parts, keep)
    finally:
        await consumer.stop()


def _consumer(where: KafkaAccess | str) -> AIOKafkaConsumer:
    # aiokafka's own word on an empty group and on each partition is no news to who reads.
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    header_names.install()
    access = KafkaAccess.of(where)
    return AIOKafkaConsumer(
        bootstrap_servers=access.servers,
        client_id="sentuh-audit",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=FETCH_WAIT_MS,
        **access.aiokafka(),
    )


async def _to_the_end(
    consumer: AIOKafkaConsumer, places: Sequence[ClientPartition], keep: Keep
) -> list[Record]:
    records: list[Record] = []
    ends: dict[ClientPartition, int] = {}
    left, heard_at = set(places), time.monotonic()
    while left:
        if time.monotonic() - heard_at > SILENT_SECONDS:
            raise _silent(min(left))
        batches = await consumer.getmany(*left, timeout_ms=POLL_MS)
        for found in batches.values():
            records += filter(keep, map(as_record, found))
        if batches:
            heard_at = time.monotonic()
        for place in list(left):
            mark = consumer.highwater(place)
            if mark is not None and await _position(consumer, place) >= ends.setdefault(
                place, mark
            ):
                left.discard(place)
                heard_at = time.monotonic()
    return records


def _silent(place: ClientPartition) -> SettingError:
    return SettingError(
        f"the broker has said nothing for {SILENT_SECONDS:.0f} s, and {place.topic} partition"
        f" {place.partition} is not read to its end: look at the broker, then try again"
    )


async def _position(consumer: AIOKafkaConsumer, place: ClientPartition) -> int:
    async with asyncio.timeout(SILENT_SECONDS):
        return int(await consumer.position(place))


def as_record(message: object) -> Record:
    """A record as the Kafka client hands it over, made ours."""
    found = message
    return Record(
        topic=found.topic,  # type: ignore[attr-defined]
        partition=found.partition,  # type: ignore[attr-defined]
        offset=found.offset,  # type: ignore[attr-defined]
        key=found.key,  # type: ignore[attr-defined]
        value=found.value,  # type: ignore[attr-defined]
        headers=tuple((name, value or b"") for name, value in found.headers),  # type: ignore[attr-defined]
        timestamp_ms=found.timestamp,  # type: ignore[attr-defined]
    )
