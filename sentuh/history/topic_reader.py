"""Reads topics from their beginning to their end with a plain consumer of no group."""

import logging
from collections.abc import Callable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition

from sentuh.broker.topics import partitions
from shared.connect.access import KafkaAccess
from shared.contracts.errors import SettingError
from shared.contracts.record import Record, TopicPartition
from shared.contracts.rights import AUDITOR
from shared.contracts.topics import TOPICS, Names
from shared.kafka import internals
from shared.kafka.log import FETCH_WAIT_MS, SilentPartition, read_to_ends

SILENT_SECONDS = 60.0
"""A broker that says nothing for so long is given up: half a history is no history."""

Keep = Callable[[Record], bool]


async def read_all(
    where: KafkaAccess | str, names: Names, partition_counts: Mapping[str, int]
) -> list[Record]:
    """Load every record of every topic; `partition_counts` is the answer of `present`.

    Example: await read_all("k:9092", names, await present("k:9092", names)).
    """
    records: list[Record] = []
    # Effects before causes: read the other way round, a cluster at work would show an effect, such
    # as a verdict, whose cause was published after its own topic had been read.
    for row in reversed(TOPICS):
        topic = names.of(row)
        places = [TopicPartition(topic, at) for at in range(partition_counts[topic])]
        records += await read(where, places)
    return records


async def present(where: KafkaAccess | str, names: Names) -> Mapping[str, int]:
    """Count the partitions of each topic, by its name on the broker.

    SettingError if a topic is missing, or a right of the auditor to read one: a part of a history
    is of no use. Example: {"tasks": 6, "verdicts": 6, ...}.
    """
    counts = await partitions(where, names, AUDITOR)
    missing_topics = sorted({names.of(row) for row in TOPICS} - counts.keys())
    if missing_topics:
        raise SettingError(
            f"{len(missing_topics)} topics are not there ({missing_topics[0]}, ...): correct"
            " --prefix, or make them with `sentuh topics apply`"
        )
    return counts


async def cut(
    where: KafkaAccess | str, names: Names, partition_counts: Mapping[str, int]
) -> frozenset[str]:
    """Return the topics of which a partition has lost its beginning, to retention or deletion.

    A partition with nothing left counts too. `partition_counts` is the answer of `present`.
    Example: a partition whose first offset is 7 makes its topic one of them.
    """
    places = [
        ClientPartition(topic, at)
        for topic in map(names.of, TOPICS)
        for at in range(partition_counts[topic])
    ]
    consumer = _consumer(where)
    await consumer.start()
    try:
        first_offsets = await consumer.beginning_offsets(places)
    finally:
        await consumer.stop()
    return frozenset(place.topic for place, offset in first_offsets.items() if offset > 0)


async def read(
    where: KafkaAccess | str,
    places: Sequence[TopicPartition],
    keep: Keep = lambda _: True,
    *,
    after: Mapping[TopicPartition, int] | None = None,
) -> list[Record]:
    """Load the records of these partitions that `keep` accepts, in order within each.

    Of a partition named in `after` only those from that offset on. SettingError if the broker
    falls silent. Example: await read("k:9092", [TopicPartition("tasks", 0)]).
    """
    parts = [ClientPartition(*place) for place in places]
    consumer = _consumer(where)
    consumer.assign(parts)
    await consumer.start()
    records: list[Record] = []
    try:
        for place, offset in (after or {}).items():
            consumer.seek(ClientPartition(*place), offset)
        async for batch in read_to_ends(consumer, parts, silent_seconds=SILENT_SECONDS):
            records += filter(keep, batch)
    except SilentPartition as silence:
        raise SettingError(f"{silence}: look at the broker, then try again") from silence
    finally:
        await consumer.stop()
    return records


def _consumer(where: KafkaAccess | str) -> AIOKafkaConsumer:
    """Return a consumer of no group that is neither assigned nor started."""
    # aiokafka warns of a consumer without a group and of each partition without an offset: both
    # are meant here, and would stand between a command's lines.
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    internals.read_any_header_name()
    access = KafkaAccess.of(where)
    return AIOKafkaConsumer(
        bootstrap_servers=access.servers,
        client_id="sentuh-audit",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=FETCH_WAIT_MS,
        **access.aiokafka(),
    )
