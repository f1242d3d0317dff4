"""What a catch-up reads: true ends, committed offsets, exactly the records asked for."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import TopicPartition as ClientPartition

from sentuh.embedded.child import free_port
from shared.contracts.errors import TransientError
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import EARNINGS, Names
from shared.kafka.incarnations import Incarnations
from shared.kafka.log import KafkaLog, SilentPartition, read_to_ends
from tests.support.cluster import Kafka
from tests.support.processes import make_topics, producing, settings_for

REDIS = "redis://127.0.0.1:1"


@pytest.fixture
def topic(kafka: Kafka, prefix: str) -> str:
    make_topics(kafka, prefix, [EARNINGS])
    return prefix + EARNINGS.name


@pytest.fixture
def log(kafka: Kafka, prefix: str) -> KafkaLog:
    settings = settings_for(kafka, REDIS, prefix)
    return KafkaLog(settings, names=Names(prefix), incarnations=Incarnations(settings))


async def fill(kafka: Kafka, topic: str, *batches: int, first_ms: int = 1_000_000) -> None:
    """Batches of so many records into partition 0, one second apart."""
    number = 0
    async with producing(kafka) as producer:
        for size in batches:
            batch = producer.create_batch()
            for _ in range(size):
                at = first_ms + number * 1000
                batch.append(key=b"k", value=str(number).encode(), timestamp=at)
                number += 1
            await (await producer.send_batch(batch, topic, partition=0))


async def read(log: KafkaLog, place: TopicPartition, start: int, end: int) -> list[Record]:
    return [record async for records in log.read(place, start, end) for record in records]


async def test_ends_are_true_after_batches_and_on_empty_partitions(
    kafka: Kafka, topic: str, log: KafkaLog
) -> None:
    await fill(kafka, topic, 1, 10, 5)

    ends = await log.ends(EARNINGS)

    assert ends == {TopicPartition(topic, number): 16 * (number == 0) for number in range(6)}


async def test_exactly_the_records_asked_for_are_read(
    kafka: Kafka, topic: str, log: KafkaLog
) -> None:
    await fill(kafka, topic, 1, 10, 5)
    place = TopicPartition(topic, 0)

    assert [int(r.value or b"") for r in await read(log, place, 0, 16)] == list(range(16))
    assert [int(r.value or b"") for r in await read(log, place, 3, 12)] == list(range(3, 12))
    assert await read(log, place, 16, 16) == []


async def test_an_end_beyond_the_last_record_is_no_reason_to_wait(
    kafka: Kafka, topic: str, log: KafkaLog
) -> None:
    await fill(kafka, topic, 3)

    assert len(await read(log, TopicPartition(topic, 0), 0, 99)) == 3


@pytest.mark.real_kafka
async def test_markers_of_transactions_are_no_records(
    kafka: Kafka, topic: str, log: KafkaLog
) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=topic)
    await producer.start()
    async with producer.transaction():
        await producer.send_and_wait(topic, b"0", key=b"k", partition=0)
    await producer.stop()

    end = (await log.ends(EARNINGS))[TopicPartition(topic, 0)]

    assert end == 2
    assert len(await read(log, TopicPartition(topic, 0), 0, end)) == 1


async def test_committed_offsets_are_the_groups_own(
    kafka: Kafka, prefix: str, topic: str, log: KafkaLog
) -> None:
    await fill(kafka, topic, 5)
    part = ClientPartition(topic, 0)
    member = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=f"{prefix}payout")
    member.assign([part])
    await member.start()
    await member.commit({part: 4})
    await member.stop()

    found = await log.committed(EARNINGS)

    assert found == {TopicPartition(topic, number): 4 * (number == 0) for number in range(6)}


async def test_before_goes_back_by_time(kafka: Kafka, topic: str, log: KafkaLog) -> None:
    await fill(kafka, topic, 10, 10)

    found = await log.before(TopicPartition(topic, 0), 20, seconds=5)

    assert found == (14 if kafka.real else 0)
    assert await log.before(TopicPartition(topic, 1), 0, seconds=5) == 0


async def test_a_broker_that_is_away_is_a_transient_error(kafka: Kafka, prefix: str) -> None:
    settings = settings_for(
        kafka, REDIS, prefix, kafka_bootstrap_servers=f"127.0.0.1:{free_port()}"
    )
    log = KafkaLog(settings, names=Names(prefix), incarnations=Incarnations(settings))

    with pytest.raises(TransientError):
        await log.ends(EARNINGS)


class SilentConsumer:
    """A consumer of a broker that never answers a fetch."""

    async def getmany(self, *_: object, timeout_ms: int) -> dict[object, object]:
        await asyncio.sleep(timeout_ms / 100_000)
        return {}

    def highwater(self, _: object) -> None:
        return None


async def test_a_broker_that_falls_silent_is_given_up_with_the_partition_named() -> None:
    part = ClientPartition("tasks", 3)

    with pytest.raises(SilentPartition, match=r"nothing for 0 s, and tasks partition 3"):
        async for _ in read_to_ends(SilentConsumer(), [part], silent_seconds=0.01):
            pass
