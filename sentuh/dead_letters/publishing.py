"""Sends refused records to their topics again, one by one, each ack awaited."""

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
    done: Callable[[Going], None],
) -> None:
    """Publish in this order; `done` is told of each that the broker has.

    SettingError where an ack does not come: what stands before it is published, it may be, what
    follows is not.
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
            done(one)
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
    said = str(refused) if refused else f"{why(failure)}: look at the broker, then try again"
    named = going[number].letter.record.header("dl_id")
    return SettingError(
        f"{number} of {len(going)} records are published, that of {named} may be, the others are"
        f" not ({going[number].place.topic}): {said}"
    )
