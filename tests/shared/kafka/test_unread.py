"""On a real broker: what was deleted before it was read is noted, and nothing else is."""

import pytest
from aiokafka import AIOKafkaProducer
from confluent_kafka import TopicPartition as AdminPartition
from confluent_kafka.admin import AdminClient, NewPartitions

from shared.contracts.record import TopicPartition
from shared.contracts.topics import RESPONSES, ROUTER_TIMERS
from shared.kafka.batches import Fate
from shared.kafka.losses import Loss
from tests.shared.kafka.consuming import Running, Script, consuming
from tests.shared.kafka.noting import Noted
from tests.support.cluster import Kafka
from tests.support.processes import committed, make_topics, producing, until

pytestmark = pytest.mark.real_kafka
SECONDS = 15


@pytest.fixture
def topic(kafka: Kafka, prefix: str) -> str:
    make_topics(kafka, prefix, [RESPONSES, ROUTER_TIMERS])
    return prefix + RESPONSES.name


@pytest.fixture
def noted() -> Noted:
    return Noted()


async def send(kafka: Kafka, topic: str, count: int, *, partition: int = 0) -> None:
    async with producing(kafka) as producer:
        for number in range(count):
            await producer.send_and_wait(topic, str(number).encode(), partition=partition)


def delete_before(kafka: Kafka, topic: str, offset: int, *, partition: int = 0) -> None:
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    (done,) = admin.delete_records([AdminPartition(topic, partition, offset)]).values()
    done.result(SECONDS)


def lost(noted: Noted) -> list[Loss]:
    return list(noted.losses.values())


async def read(kafka: Kafka, prefix: str, noted: Noted, count: int) -> None:
    """Read and acknowledge records until a group has `count` offsets behind it."""
    script, topic = Script(), prefix + RESPONSES.name
    async with consuming(kafka, prefix, script, noted=noted) as running:
        group = running.settings.group

        async def acknowledged() -> bool:
            return await committed(kafka, group, topic, RESPONSES.partitions) == count

        await until(acknowledged)


async def test_what_was_deleted_while_nobody_read_is_noted(
    kafka: Kafka, prefix: str, topic: str, noted: Noted
) -> None:
    await send(kafka, topic, 5)
    await read(kafka, prefix, noted, 5)
    await send(kafka, topic, 10)
    delete_before(kafka, topic, 12)

    await read(kafka, prefix, noted, 15)

    assert lost(noted) == [Loss(topic, 0, 0, 5, 12)]


async def test_the_losses_of_a_process_that_notes_nothing_are_noted_by_the_one_after_it(
    kafka: Kafka, prefix: str, topic: str, noted: Noted
) -> None:
    """As in an upgrade of one process after the other: those of before write no notes."""
    first, last = 0, RESPONSES.partitions - 1
    for partition in (first, last):
        await send(kafka, topic, 5, partition=partition)
    await read(kafka, prefix, Noted(), 10)
    hanging = Script()
    hanging.going.clear()
    before = Running(kafka, prefix, hanging, instance="before", publish_seconds=0.5)
    await before.consumer.start()
    for partition in (first, last):
        await send(kafka, topic, 3, partition=partition)
    await until(lambda: hanging.taken)
    for partition in (first, last):
        delete_before(kafka, topic, 7, partition=partition)

    async with consuming(kafka, prefix, Script(), noted=noted, instance="after"):
        await until(lambda: len(lost(noted)) == 1)
        await before.consumer.drain(0.1)
        await before.consumer.stop()
        await until(lambda: len(lost(noted)) == 2)

    assert set(lost(noted)) == {Loss(topic, at, 0, 5, 7) for at in (first, last)}


async def test_a_partition_of_which_nothing_is_left_is_noted_without_a_record(
    kafka: Kafka, prefix: str, topic: str, noted: Noted
) -> None:
    await send(kafka, topic, 5)
    await read(kafka, prefix, noted, 5)
    await send(kafka, topic, 10)
    delete_before(kafka, topic, 15)

    async with consuming(kafka, prefix, Script(), noted=noted):
        await until(lambda: lost(noted))
    async with consuming(kafka, prefix, Script(), noted=noted) as running:
        await until(lambda: running.consumer.consuming)

    assert lost(noted) == [Loss(topic, 0, 0, 5, 15)]


async def test_what_is_deleted_before_a_batch_is_read_again_is_noted(
    kafka: Kafka, prefix: str, topic: str, noted: Noted
) -> None:
    await send(kafka, topic, 5)
    script = Script(Fate.READ_AGAIN)
    script.going.clear()
    async with consuming(kafka, prefix, script, noted=noted):
        await until(lambda: script.taken)
        delete_before(kafka, topic, 4)
        script.going.set()
        await until(lambda: script.handled and lost(noted))

    assert lost(noted) == [Loss(topic, 0, 0, 0, 4)]


async def test_what_is_deleted_while_a_consumer_runs_is_noted(
    kafka: Kafka, prefix: str, topic: str, noted: Noted
) -> None:
    await send(kafka, topic, 3)
    script = Script()
    async with consuming(kafka, prefix, script, noted=noted, batch_max=1) as running:
        await until(lambda: script.handled == 3)
        script.going.clear()
        await send(kafka, topic, 1, partition=1)
        await until(lambda: len(script.taken) == 4)
        consumer = running.consumer._consumer
        assert consumer is not None
        part = next(part for part in consumer.assignment() if part[0] == topic and part[1] == 0)
        consumer.pause(part)
        await send(kafka, topic, 20)
        delete_before(kafka, topic, 20)
        consumer.resume(part)
        script.going.set()
        await until(lambda: any(record.offset == 22 for record in script.taken))

    offsets = {record.offset for record in script.taken if record.partition == 0}
    gone = {at for loss in lost(noted) for at in range(loss.first, loss.end)}
    assert offsets | gone == set(range(23))
    assert gone <= set(range(3, 20))
    assert gone


async def test_ends_of_transactions_are_no_loss(
    kafka: Kafka, prefix: str, topic: str, noted: Noted
) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=prefix)
    await producer.start()
    try:
        for _ in range(5):
            async with producer.transaction():
                await producer.send_and_wait(topic, b"v", partition=0)
    finally:
        await producer.stop()

    script = Script()
    async with consuming(kafka, prefix, script, noted=noted, batch_max=1):
        await until(lambda: script.handled == 5)
    async with consuming(kafka, prefix, Script(), noted=noted) as running:
        await until(lambda: running.consumer.consuming)

    assert lost(noted) == []


async def test_a_topic_whose_beginning_is_gone_is_no_loss_for_a_new_group(
    kafka: Kafka, prefix: str, topic: str, noted: Noted
) -> None:
    await send(kafka, topic, 10)
    delete_before(kafka, topic, 7)

    await read(kafka, prefix, noted, 10)

    assert lost(noted) == []


async def test_a_partition_that_was_added_loses_what_it_had_before_it_was_read(
    kafka: Kafka, prefix: str, topic: str, noted: Noted
) -> None:
    await send(kafka, topic, 1)
    await read(kafka, prefix, noted, 1)
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    (done,) = admin.create_partitions([NewPartitions(topic, RESPONSES.partitions + 1)]).values()
    done.result(SECONDS)
    added = RESPONSES.partitions

    async def sent() -> bool:
        await send(kafka, topic, 4, partition=added)
        return True

    await until(sent)
    delete_before(kafka, topic, 3, partition=added)

    script = Script()
    async with consuming(kafka, prefix, script, noted=noted):
        await until(lambda: any(record.partition == added for record in script.taken))

    assert lost(noted) == [Loss(topic, added, 0, 0, 3)]
    assert noted.read[TopicPartition(topic, added)].offset >= 3
