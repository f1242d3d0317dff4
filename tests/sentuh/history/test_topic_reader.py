"""Reading a broker's topics: everything once; and the whole audit on it."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka import AIOKafkaProducer
from confluent_kafka import TopicPartition as ClientPartition
from confluent_kafka.admin import AdminClient, NewTopic
from redis.asyncio import Redis as Client

from sentuh.audit import audit
from sentuh.embedded.servers import Tansu
from sentuh.history.topic_reader import present, read_all
from shared.contracts.errors import SettingError
from shared.contracts.packing import pack
from shared.contracts.record import Outgoing, Record
from shared.contracts.topics import EARNINGS, TASKS, TOPICS, VERDICTS, Names
from shared.state.commit import RedisStore
from tests.sentuh.audit.journals import Log, a_clean_log
from tests.sentuh.audit.wrongs import paid_twice
from tests.support.cluster import Kafka

LIMIT_SECONDS = 120


async def publish(bootstrap: str, records: Sequence[Record]) -> None:
    """Send these in their order; several at once make batches."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=20)
    await producer.start()
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            acks = [
                await producer.send(
                    said.topic,
                    said.value,
                    said.key,
                    headers=list(said.headers),
                    timestamp_ms=said.timestamp_ms,
                )
                for said in records
            ]
            await asyncio.gather(*acks)
    finally:
        await producer.stop()


async def topics(bootstrap: str, names: Names) -> None:
    """Our topics, that keep also what is of long ago."""
    # A history of another day: its records keep the times that they come with.
    kept = {"retention.ms": "-1", "message.timestamp.type": "CreateTime"}
    rows = [
        NewTopic(names.of(row), row.partitions, 1, config={**row.config(), **kept})
        for row in TOPICS
    ]
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for done in admin.create_topics(rows).values():
        done.result(LIMIT_SECONDS)


async def filled(bootstrap: str, prefix: str) -> Log:
    """A clean history on a broker."""
    log = a_clean_log(Names(prefix))
    await topics(bootstrap, log.names)
    await publish(bootstrap, log.records)
    return log


def as_set(records: Sequence[Record]) -> set[tuple[str, bytes | None, bytes | None]]:
    return {(said.topic, said.key, said.value) for said in records}


async def test_all_that_was_published_is_read_once(kafka: Kafka, prefix: str) -> None:
    log = await filled(kafka.bootstrap, prefix)

    read = await read_all(kafka.bootstrap, log.names, await present(kafka.bootstrap, log.names))

    assert len(read) == len(log.records)
    assert as_set(read) == as_set(log.records)


async def test_the_audit_over_a_broker(kafka: Kafka, prefix: str) -> None:
    log = await filled(kafka.bootstrap, prefix)

    assert (await audit(kafka.bootstrap, log.names, sent=log.sent)).ok

    before = len(log.records)
    paid_twice(log)
    await publish(kafka.bootstrap, log.records[before:])
    assert (await audit(kafka.bootstrap, log.names, sent=log.sent)).broken == (7,)


@pytest.mark.slow
async def test_the_embedded_broker_is_read_to_its_end() -> None:
    async with Tansu() as broker:
        log = await filled(broker.bootstrap, "e-")
        tasks = [said for said in log.records if said.topic == log.names.of(TASKS)]
        for count in (1, 10, 5):
            await publish(broker.bootstrap, tasks * count)

        read = await read_all(
            broker.bootstrap, log.names, await present(broker.bootstrap, log.names)
        )

        assert len(read) == len(log.records) + 16 * len(tasks)
        assert (await audit(broker.bootstrap, log.names)).ok


async def test_missing_topics_are_named_with_what_to_do(kafka: Kafka, prefix: str) -> None:
    with pytest.raises(SettingError, match=r"sentuh topics apply"):
        await audit(kafka.bootstrap, Names(prefix))


@pytest.mark.parametrize("payable", [4, 6])
async def test_what_redis_holds_is_compared(
    kafka: Kafka, prefix: str, redis_url: str, payable: int
) -> None:
    log = await filled(kafka.bootstrap, prefix)
    async with Client.from_url(redis_url) as client:
        await hold(client)
        assert (await audit(kafka.bootstrap, log.names, redis=redis_url)).ok

        await client.hset("{payout:main}:account:worker/w-1/payable/USD", "amount_minor", payable)
        await client.hset("{qa:main}:task:t-0", "verdict", "budget")
        for allow_open in (False, True):
            found = (
                await audit(kafka.bootstrap, log.names, redis=redis_url, allow_open=allow_open)
            ).finding(10)

            assert found.status == "broken"
            subjects = [one.subject for one in found.violations]
            assert subjects == ["worker/w-1/payable/USD in main", "t-0"]


async def test_what_is_on_its_way_breaks_nothing(kafka: Kafka, prefix: str, redis_url: str) -> None:
    """Money is moved in Redis before its topic says so: until it does, its outcome does."""
    log = a_clean_log(Names(prefix))
    await topics(kafka.bootstrap, log.names)
    earnings = log.names.of(EARNINGS)
    await publish(kafka.bootstrap, [said for said in log.records if said.topic != earnings])
    untold = [said for said in log.records if said.topic == earnings]

    async def status() -> str:
        return (await audit(kafka.bootstrap, log.names, redis=redis_url)).finding(10).status

    async with Client.from_url(redis_url) as client:
        await hold(client)
        assert await status() == "broken"

        packed = pack([Outgoing(said.topic, said.key, said.value, said.headers) for said in untold])
        await client.set("{payout:main}:outcome:e-1", b"d " + packed)
        await client.zadd("{payout:main}:unsettled", {"e-1": 1})
        assert await status() == "ok"

        await publish(kafka.bootstrap, untold)
        assert await status() == "ok"
        await client.delete("{payout:main}:unsettled")
        assert await status() == "ok"


async def test_what_its_topic_keeps_no_longer_breaks_nothing(
    kafka: Kafka, prefix: str, redis_url: str
) -> None:
    """Redis remembers longer; a partition may have nothing left to tell of it."""
    log = await filled(kafka.bootstrap, prefix)
    verdicts = log.names.of(VERDICTS)
    everything = [ClientPartition(verdicts, at, -1) for at in range(VERDICTS.partitions)]
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    for done in admin.delete_records(everything).values():
        done.result(LIMIT_SECONDS)
    async with Client.from_url(redis_url) as client:
        await hold(client)
        report = await audit(kafka.bootstrap, log.names, redis=redis_url)

    assert report.finding(10).status == "ok"
    assert verdicts in report.notes[-1]


async def test_state_that_is_being_made_anew_is_not_judged(
    kafka: Kafka, prefix: str, redis_url: str
) -> None:
    log = await filled(kafka.bootstrap, prefix)
    async with Client.from_url(redis_url) as client:
        await hold(client)
        await client.delete("{payout:main}:epoch")
        await client.hset("{payout:main}:account:worker/w-1/payable/USD", "amount_minor", 1)

        at_rest = (await audit(kafka.bootstrap, log.names, redis=redis_url)).finding(10)
        at_work = await audit(kafka.bootstrap, log.names, redis=redis_url, allow_open=True)

    assert at_rest.status == "broken"
    assert at_work.finding(10).status == "open"
    assert [one.subject for one in at_rest.violations] == ["{payout:main}"]
    assert "made anew" in at_rest.violations[0].detail


async def hold(client: Client) -> None:
    """Put there what the services would hold after a clean history."""
    store = RedisStore(client)
    await store.prepare()
    for slot in ("{qa}", "{qa:main}", "{payout}", "{payout:main}"):
        assert await store.lead(slot, "t", seconds=60)
        assert await store.open(slot, "t", "e")
    for worker in ("w-1", "w-2", "w-3"):
        for account, amount in (("pending", 0), ("payable", 5)):
            key = f"{{payout:main}}:account:worker/{worker}/{account}/USD"
            await client.hset(key, "amount_minor", amount)
    await client.hset("{payout:main}:account:requester/main/USD", "amount_minor", -15)
    await client.hset("{qa:main}:task:t-0", "verdict", "waived")
    await client.hset("{qa:main}:task:t-1", "verdict", "confident")
    await client.hset("{qa:main}:reliability:animals:w-1", "answers", 1)
