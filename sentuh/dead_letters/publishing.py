"""Publishes refused records to their topics again, one by one, and awaits each ack."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from sentuh.dead_letters.replay import Going
from shared.connect.access import KafkaAccess
from shared.connect.refusals import kafka_refusal, why
from shared.contracts.errors import SettingError
from shared.kafka.producer import REQUEST_BYTES_MAX

ACK_SECONDS = 15.0
CLOSE_SECONDS = 2.0


async def publish(
    where: KafkaAccess | str,
    going: Sequence[Going],
    *,
    idempotent: bool,
    note: Callable[[Going], None],
) -> None:
    """Publish the records in this order and await each ack; `note` is called after each ack.

    SettingError if an ack does not come: the records before that one are published, that one may
    be, the records behind it are not. Example: publish(access, plan.going, idempotent=True,
    note=published.append).
    """
    access = KafkaAccess.of(where)
    producer = AIOKafkaProducer(
        bootstrap_servers=access.servers,
        client_id="sentuh-letters",
        acks="all",
        enable_idempotence=idempotent,
        linger_ms=0,
        max_request_size=REQUEST_BYTES_MAX,
        request_timeout_ms=int(ACK_SECONDS * 1000),
        **access.aiokafka(),
    )
    try:
        for number, one in enumerate(going):
            try:
                async with asyncio.timeout(ACK_SECONDS):
                    if not number:
                        await producer.start()
                    await _send(producer, one)
            except (KafkaError, OSError, TimeoutError) as failure:
                raise _stopped(access, failure, number, going) from failure
            note(one)
    finally:
        with contextlib.suppress(KafkaError, OSError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await producer.stop()


async def _send(producer: AIOKafkaProducer, one: Going) -> None:
    record, place = one.record, one.place
    await producer.send_and_wait(
        place.topic,
        record.value,
        key=record.key,
        headers=list(record.headers),
        partition=place.partition,
    )


def _stopped(
    access: KafkaAccess, failure: Exception, number: int, going: Sequence[Going]
) -> SettingError:
    refused = kafka_refusal(access, failure)
    cause = str(refused) if refused else f"{why(failure)}: look at the broker, then try again"
    named = going[number].dead_letter.record.header("dl_id")
    return SettingError(
        f"{number} of {len(going)} records are published, that of {named} may be, the others are"
        f" not ({going[number].place.topic}): {cause}"
    )
