"""Every ack is awaited under a bound; a producer that failed is never used again."""

import asyncio

import pytest

from sentuh.embedded.child import free_port
from sentuh.embedded.servers import ApacheKafka
from services.payout.settings import PayoutSettings
from shared.contracts.errors import TransientError
from shared.contracts.record import Outgoing, TopicPartition
from shared.contracts.topics import DEAD_LETTERS, EARNINGS
from shared.kafka.producer import KafkaPublisher
from shared.observe import faults
from tests.support.cluster import Kafka
from tests.support.processes import make_topics, producing, read_topic, settings_for

REDIS = "redis://127.0.0.1:1"


def patient(kafka: Kafka, prefix: str) -> PayoutSettings:
    """Settings with time for every ack, however busy the machine is."""
    return settings_for(kafka, REDIS, prefix).model_copy(update={"publish_seconds": 120.0})


def a_record(topic: str, number: int, *, size: int = 0) -> Outgoing:
    value = str(number).encode() + b" " * size
    return Outgoing(topic, b"w-1", value, (("n", b"1"),))


async def test_records_of_one_key_come_in_order_and_acks_say_where(
    kafka: Kafka, prefix: str
) -> None:
    make_topics(kafka, prefix, [EARNINGS])
    topic = prefix + EARNINGS.name
    publisher = KafkaPublisher(patient(kafka, prefix), purpose="test")

    acks = await publisher.send([a_record(topic, number) for number in range(200)])
    await publisher.close()

    found = await read_topic(kafka, topic, count=200)
    assert [int(record.value) for record in found] == list(range(200))
    assert [(ack.place, ack.offset) for ack in acks] == [
        (TopicPartition(topic, record.partition), record.offset) for record in found
    ]


async def test_a_dead_letter_may_have_neither_key_nor_value(kafka: Kafka, prefix: str) -> None:
    row = DEAD_LETTERS["payout"]
    make_topics(kafka, prefix, [row])
    publisher = KafkaPublisher(patient(kafka, prefix), purpose="test")

    await publisher.send([Outgoing(prefix + row.name, None, None, ())])
    await publisher.close()

    assert [r.value for r in await read_topic(kafka, prefix + row.name, count=1)] == [None]


@pytest.mark.real_kafka
async def test_what_is_too_large_together_travels_apart(kafka: Kafka, prefix: str) -> None:
    make_topics(kafka, prefix, [EARNINGS])
    topic = prefix + EARNINGS.name
    publisher = KafkaPublisher(patient(kafka, prefix), purpose="test")

    acks = await publisher.send([a_record(topic, number, size=3_000) for number in range(150)])
    await publisher.close()

    assert 2 * EARNINGS.broker_bytes_max < 150 * 3_000
    assert len({ack.offset for ack in acks}) == 150


@pytest.mark.real_kafka
async def test_after_a_refused_send_the_next_one_works(kafka: Kafka, prefix: str) -> None:
    make_topics(kafka, prefix, [EARNINGS])
    topic = prefix + EARNINGS.name
    publisher = KafkaPublisher(patient(kafka, prefix), purpose="test")

    with pytest.raises(TransientError, match="MessageSizeTooLarge"):
        await publisher.send([a_record(topic, 0), a_record(topic, 1, size=500_000)])
    assert publisher.alive()
    acks = await publisher.send([a_record(topic, number) for number in (0, 1)])
    await publisher.close()

    assert len(acks) == 2


async def test_away_is_a_transient_error_within_the_bound(kafka: Kafka, prefix: str) -> None:
    nowhere = settings_for(kafka, REDIS, prefix, kafka_bootstrap_servers=f"127.0.0.1:{free_port()}")
    publisher = KafkaPublisher(nowhere, purpose="test")

    async with asyncio.timeout(60):
        with pytest.raises(TransientError):
            await publisher.send([a_record("anything", 0)])


async def test_the_fault_point_between_two_publishes_has_exactly_the_first_out(
    kafka: Kafka, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_topics(kafka, prefix, [EARNINGS])
    topic = prefix + EARNINGS.name
    monkeypatch.setattr(faults, "_armed", faults._parse("payout.publishing:raise:1"))
    publisher = KafkaPublisher(patient(kafka, prefix), purpose="test")

    with pytest.raises(TransientError, match="told to raise"):
        await publisher.send([a_record(topic, number) for number in range(3)])
    await publisher.close()
    async with producing(kafka) as producer:
        await producer.send_and_wait(topic, b"9", key=b"w-1")

    assert [record.value for record in await read_topic(kafka, topic, count=2)] == [b"0", b"9"]


@pytest.mark.real_kafka
async def test_what_was_not_acked_in_time_is_not_published_later(
    prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ApacheKafka() as broker:
        kafka = Kafka(broker.bootstrap, "Apache Kafka", broker.version, real=True)
        make_topics(kafka, prefix, [EARNINGS])
        topic = prefix + EARNINGS.name
        settings = patient(kafka, prefix)
        hasty = settings.model_copy(update={"publish_seconds": 1.0})
        publisher = KafkaPublisher(settings, purpose="test")
        await publisher.send([a_record(topic, 0)])

        await asyncio.to_thread(broker.kill)
        monkeypatch.setattr(publisher, "_settings", hasty)
        with pytest.raises(TransientError):
            await publisher.send([a_record(topic, 1)])
        monkeypatch.setattr(publisher, "_settings", settings)
        await asyncio.to_thread(broker.start)
        await publisher.send([a_record(topic, 2)])
        await publisher.close()

        found = await read_topic(kafka, topic, count=2)
    assert [record.value for record in found] == [b"0", b"2"]
