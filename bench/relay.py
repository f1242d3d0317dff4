"""The bare relay that services are held against: consume, validate, publish, commit; no state.

A process of its own: `python -m bench.relay --help`. It prints one line of JSON.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from pydantic import BaseModel

from services.intake.envelope import SentEnvelope
from shared.contracts.events import BY_TYPE

BATCH = 500
LINGER_MS = 5
FETCH_WAIT_MS = 5
"""Between two passes the client waits for an answer to a fetch at the end of the topics."""
Record = Any


def model_of(record: Record) -> type[BaseModel]:
    """The model the service validates this record with."""
    named = dict(record.headers).get("ce_type", b"").decode()
    return BY_TYPE.get(named, SentEnvelope)


class Relay:
    """Reads whole topics and says every record again on another."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._read = 0
        self._began: float | None = None

    async def run(self, tell: Callable[[str], None] = print) -> None:
        """Relay the records of the topics as often as told; tell rate and CPU."""
        options = self._options
        consumer = AIOKafkaConsumer(
            *options.topic,
            bootstrap_servers=options.bootstrap,
            group_id=options.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=FETCH_WAIT_MS,
        )
        producer = AIOKafkaProducer(
            bootstrap_servers=options.bootstrap,
            acks="all",
            enable_idempotence=True,
            linger_ms=LINGER_MS,
            max_batch_size=256 * 1024,
        )
        await consumer.start()
        await producer.start()
        try:
            found = await self._passes(consumer, producer)
        finally:
            await producer.stop()
            await consumer.stop()
        tell(json.dumps(found))

    async def _passes(self, consumer: Any, producer: Any) -> dict[str, float]:
        began, cpu, total = 0.0, 0.0, 0
        for _ in range(self._options.passes):
            await consumer.seek_to_beginning()
            read = 0
            while read < self._options.records:
                found = await consumer.getmany(timeout_ms=200, max_records=BATCH)
                if found and not total:
                    began, cpu = time.monotonic(), time.process_time()
                count = await self._batch(consumer, producer, found)
                read, total = read + count, total + count
        seconds = time.monotonic() - began
        return {"records": total, "seconds": seconds, "cpu": time.process_time() - cpu}

    async def _batch(
        self, consumer: Any, producer: Any, polled: dict[TopicPartition, list[Record]]
    ) -> int:
        sent, offsets = [], {}
        for part, records in polled.items():
            for record in records:
                value = model_of(record).model_validate_json(record.value).model_dump_json()
                sent.append(
                    await producer.send(
                        self._options.to,
                        value=value.encode(),
                        key=record.key,
                        headers=list(record.headers),
                    )
                )
            offsets[part] = records[-1].offset + 1
        await asyncio.gather(*sent)
        if offsets:
            await consumer.commit(offsets)
        return len(sent)


def main() -> None:
    """Relay, print, end."""
    parser = argparse.ArgumentParser(prog="python -m bench.relay", description=__doc__)
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--group", required=True)
    parser.add_argument("--topic", action="append", required=True, help="read this one")
    parser.add_argument("--to", required=True, help="the topic to publish on")
    parser.add_argument("--records", type=int, required=True, help="in the topics read")
    parser.add_argument("--passes", type=int, default=1, help="how often to read them")
    asyncio.run(Relay(parser.parse_args()).run())


if __name__ == "__main__":
    main()
