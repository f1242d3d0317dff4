"""Publishes golds onto their topic, one by one, and awaits each ack."""

import asyncio
import contextlib
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.connect.access import KafkaAccess
from shared.connect.refusals import kafka_refusal, why
from shared.contracts.errors import SettingError
from shared.contracts.record import Outgoing
from shared.kafka.producer import REQUEST_BYTES_MAX

ACK_SECONDS = 15.0
CLOSE_SECONDS = 2.0


async def publish(where: KafkaAccess | str, records: Sequence[Outgoing]) -> None:
    """Publish the records in their order. SettingError if an ack does not come.

    What was acknowledged before stands; the same command again publishes the rest.
    """
    access = KafkaAccess.of(where)
    producer = AIOKafkaProducer(
        bootstrap_servers=access.servers,
        client_id="sentuh-golds",
        acks="all",
        linger_ms=0,
        max_request_size=REQUEST_BYTES_MAX,
        request_timeout_ms=int(ACK_SECONDS * 1000),
        **access.aiokafka(),
    )
    number = 0
    try:
        for number, one in enumerate(records):
            async with asyncio.timeout(ACK_SECONDS):
                if not number:
                    await producer.start()
                await producer.send_and_wait(
                    one.topic, one.value, key=one.key, headers=list(one.headers)
                )
    except (KafkaError, OSError, TimeoutError) as failure:
        refused = kafka_refusal(access, failure)
        cause = str(refused) if refused else f"{why(failure)}: look at the broker, then try again"
        raise SettingError(f"{number} of {len(records)} are published: {cause}") from failure
    finally:
        with contextlib.suppress(KafkaError, OSError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await producer.stop()
