"""Publishes one model output with aiokafka and waits for its verdict.

    pip install aiokafka
    python publish_aiokafka.py

KAFKA_BOOTSTRAP_SERVERS (or SENTUH_KAFKA_BOOTSTRAP_SERVERS) names the broker (127.0.0.1:9092),
SENTUH_TOPIC_PREFIX what goes before every topic's name (nothing).
"""

import asyncio
import json
import os
import sys
import uuid

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError

SERVERS = (
    os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    or os.environ.get("SENTUH_KAFKA_BOOTSTRAP_SERVERS")
    or "127.0.0.1:9092"
)
PREFIX = os.environ.get("SENTUH_TOPIC_PREFIX", "")
IDEMPOTENT = os.environ.get("SENTUH_KAFKA_IDEMPOTENT", "true") == "true"
"""Off only for the broker inside `sentuh demo`, which knows no idempotent producer."""
WAIT_SECONDS = 120

# Source and id name the output: sent again with the same content it is still one output.
OUTPUT = {
    "source": "/models/quickstart",
    "id": f"aiokafka-{uuid.uuid4()}",
    "task_type": "canonical",
    "format": "sentuh.output",
    "request": "What is the capital of Australia?",
    "response": {
        "answer": "Canberra",
        "text": "The capital of Australia is Canberra.",
        "confidence": {"value": 0.55},
    },
}


async def main() -> None:
    """Look at the end of `verdicts` first, then publish: so the verdict cannot be missed."""
    consumer = AIOKafkaConsumer(f"{PREFIX}verdicts", bootstrap_servers=SERVERS)
    try:
        await consumer.start()
        await from_now_on(consumer)
        await publish()
        async with asyncio.timeout(WAIT_SECONDS):
            await until_judged(consumer)
    except KafkaConnectionError:
        sys.exit(f"no broker at {SERVERS}: name yours in KAFKA_BOOTSTRAP_SERVERS")
    except TimeoutError:
        named = f"--source {OUTPUT['source']} --id {OUTPUT['id']}"
        sys.exit(f"no verdict yet: sentuh trace --kafka HOST:PORT {named}")
    finally:
        await consumer.stop()


async def from_now_on(consumer: AIOKafkaConsumer) -> None:
    """Read every partition from its end, in no group; a service of yours would use a group."""
    await consumer.seek_to_end()
    for partition in consumer.assignment():
        await consumer.position(partition)


async def publish() -> None:
    """The record's key is free: an output is known by its source and id."""
    producer = AIOKafkaProducer(
        bootstrap_servers=SERVERS, acks="all", enable_idempotence=IDEMPOTENT
    )
    await producer.start()
    try:
        await producer.send_and_wait(f"{PREFIX}model-outputs", json.dumps(OUTPUT).encode())
    finally:
        await producer.stop()
    print(f"published {OUTPUT['id']}", flush=True)


async def until_judged(consumer: AIOKafkaConsumer) -> None:
    """Other records of the topic are other outputs' verdicts, or ask for more answers."""
    async for record in consumer:
        verdict = json.loads(record.value)
        ref = verdict.get("ref", {})
        if (ref.get("source"), ref.get("id")) == (OUTPUT["source"], OUTPUT["id"]):
            print(
                f"verdict: {verdict['answer']} ({verdict['probability']:.0%} sure,"
                f" {verdict['stop_reason']}, {len(verdict['votes'])} answers)"
            )
            return


asyncio.run(main())
