"""Publishes records for a person who waits: one by one, each acknowledged before the next."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.connect.access import KafkaAccess
from shared.connect.refusals import kafka_refusal, why
from shared.contracts.errors import SettingError
from shared.contracts.record import Outgoing
from shared.kafka.producer import REQUEST_BYTES_MAX

ACK_SECONDS = 15.0
CLOSE_SECONDS = 2.0
_FAILURES = (KafkaError, OSError, TimeoutError)

Send = Callable[[Outgoing, int | None], Awaitable[None]]
"""Publishes one record, into a partition or where its key belongs, and awaits its ack.

SettingError with the cause and the fix if none comes: the record may be there all the same.
"""


@asynccontextmanager
async def sender(
    where: KafkaAccess | str, client_id: str, *, idempotent: bool = False
) -> AsyncIterator[Send]:
    """Yield the function that publishes one record; the broker is reached with the first."""
    access = KafkaAccess.of(where)
    producer = AIOKafkaProducer(
        bootstrap_servers=access.servers,
        client_id=client_id,
        acks="all",
        enable_idempotence=idempotent,
        linger_ms=0,
        max_request_size=REQUEST_BYTES_MAX,
        request_timeout_ms=int(ACK_SECONDS * 1000),
        **access.aiokafka(),
    )
    is_started = False

    async def send(record: Outgoing, partition: int | None) -> None:
        nonlocal is_started
        topic, key, value, headers = record
        try:
            async with asyncio.timeout(ACK_SECONDS):
                if not is_started:
                    await producer.start()
                    is_started = True
                await producer.send_and_wait(
                    topic, value, key=key, headers=list(headers), partition=partition
                )
        except _FAILURES as failure:
            refused = kafka_refusal(access, failure)
            fix = "look at the broker, then try again"
            raise SettingError(str(refused) if refused else f"{why(failure)}: {fix}") from failure

    try:
        yield send
    finally:
        with contextlib.suppress(*_FAILURES):
            async with asyncio.timeout(CLOSE_SECONDS):
                await producer.stop()
