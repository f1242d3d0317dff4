"""Reading a broker's topics: everything once; and the whole audit on it."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka import AIOKafkaProducer
from redis.asyncio import Redis as Client

from sentuh.audit import audit
from sentuh.audit.beside import Beside, compare
from sentuh.audit.reading import read_all
from sentuh.stack import Tansu
from sentuh.topics import apply
from shared.errors import SettingError
from shared.record import Record
from shared.topics import EARNINGS, TASKS, Names
from tests.parts import Kafka
from tests.sentuh.audit.journals import Log, a_clean_log
from tests.sentuh.audit.wrongs import paid_twice

LIMIT_SECONDS = 30


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


async def filled(bootstrap: str, prefix: str) -> Log:
    """A clean history on a broker."""
    log = a_clean_log(Names(prefix))
    await apply(bootstrap, log.names)
    await publish(bootstrap, log.records)
    return log


def as_set(records: Sequence[Record]) -> set[tuple[str, bytes | None, bytes | None]]:
    return {(said.topic, said.key, said.value) for said in records}


async def test_all_that_was_published_is_read_once(kafka: Kafka, prefix: str) -> None:
    log = await filled(kafka.bootstrap, prefix)

    read = await read_all(kafka.bootstrap, log.names)

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

        read = await read_all(broker.bootstrap, log.names)

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


async def test_what_is_on_its_way_breaks_nothing_where_work_goes_on(
    kafka: Kafka, prefix: str, redis_url: str
) -> None:
    """Money is moved in Redis before its topic says so: until it does, its outcome says so."""
    log = a_clean_log(Names(prefix))
    await apply(kafka.bootstrap, log.names)
    told = [said for said in log.records if said.topic != log.names.of(EARNINGS)]
    await publish(kafka.bootstrap, told)

    async def status(*, allow_open: bool) -> str:
        report = await audit(kafka.bootstrap, log.names, redis=redis_url, allow_open=allow_open)
        return report.finding(10).status

    async with Client.from_url(redis_url) as client:
        await hold(client)
        assert await status(allow_open=True) == "broken"

        await client.zadd("{payout:main}:unsettled", {"e-1": 1})
        assert await status(allow_open=False) == "broken"
        assert await status(allow_open=True) == "open"

        async def meanwhile() -> None:
            await publish(kafka.bootstrap, [said for said in log.records if said not in told])

        beside = Beside(kafka.bootstrap, redis_url, log.names, told)
        assert await compare(beside, is_busy=True, pause=meanwhile) == []


async def hold(client: Client) -> None:
    """Put there what the services would hold after a clean history."""
    for worker in ("w-1", "w-2", "w-3"):
        for account, amount in (("pending", 0), ("payable", 5)):
            key = f"{{payout:main}}:account:worker/{worker}/{account}/USD"
            await client.hset(key, "amount_minor", amount)
    await client.hset("{payout:main}:account:requester/main/USD", "amount_minor", -15)
    await client.hset("{qa:main}:task:t-0", "verdict", "waived")
    await client.hset("{qa:main}:task:t-1", "verdict", "confident")
    await client.hset("{qa:main}:reliability:animals:w-1", "answers", 1)
