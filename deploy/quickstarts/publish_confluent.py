"""Publishes one model output with confluent-kafka and waits for its verdict.

    pip install confluent-kafka
    python publish_confluent.py

KAFKA_BOOTSTRAP_SERVERS (or SENTUH_KAFKA_BOOTSTRAP_SERVERS) names the broker (127.0.0.1:9092),
SENTUH_TOPIC_PREFIX what goes before every topic's name (nothing).
"""

import json
import os
import sys
import time
import uuid

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

SERVERS = (
    os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    or os.environ.get("SENTUH_KAFKA_BOOTSTRAP_SERVERS")
    or "127.0.0.1:9092"
)
PREFIX = os.environ.get("SENTUH_TOPIC_PREFIX", "")
IDEMPOTENT = os.environ.get("SENTUH_KAFKA_IDEMPOTENT", "true") == "true"
"""Off only for the broker inside `sentuh demo`, which knows no idempotent producer."""
WAIT_SECONDS = 120
SOURCE, ID = "/models/quickstart", f"confluent-{uuid.uuid4()}"

# A CloudEvent in Kafka's binary mode: what names the output goes into headers, the rest is the
# value. Source and id name it: sent again with the same content it is still one output.
HEADERS = {
    "ce_specversion": "1.0",
    "ce_type": "model.output.v1",
    "ce_source": SOURCE,
    "ce_id": ID,
    "content-type": "application/json",
}
OUTPUT = {
    "task_type": "canonical",
    "format": "sentuh.output",
    "request": "What is the capital of Australia?",
    "response": {
        "answer": "Canberra",
        "text": "The capital of Australia is Canberra.",
        "confidence": {"value": 0.55},
    },
}


def main() -> None:
    """Look at the end of `verdicts` first, then publish: so the verdict cannot be missed."""
    consumer = Consumer({
        "bootstrap.servers": SERVERS,
        "group.id": f"quickstart-{uuid.uuid4()}",  # librdkafka wants one; nothing is committed
        "enable.auto.commit": False,
    })  # fmt: skip
    try:
        from_now_on(consumer, f"{PREFIX}verdicts")
        publish()
        until_judged(consumer)
    finally:
        consumer.close()


def from_now_on(consumer: Consumer, topic: str) -> None:
    """Read every partition from its end."""
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    ends = [consumer.get_watermark_offsets(TopicPartition(topic, at))[1] for at in partitions]
    consumer.assign([TopicPartition(topic, at, end) for at, end in zip(partitions, ends)])


def publish() -> None:
    """The record's key is free: an output is known by its source and id.

    Where a key matters, as that of `responses` and `workers`, librdkafka must be told to place keys
    as Java's and aiokafka's clients do; left to itself it uses another hash (CRC32), and what is
    said of one task would stand in two partitions.
    """
    producer = Producer({
        "bootstrap.servers": SERVERS,
        "partitioner": "murmur2_random",
        "enable.idempotence": IDEMPOTENT,
    })  # fmt: skip
    producer.produce(
        f"{PREFIX}model-outputs",
        key=ID,
        value=json.dumps(OUTPUT),
        headers=HEADERS,
        on_delivery=stop_if_refused,
    )
    if producer.flush(WAIT_SECONDS):
        sys.exit(f"not published: is there a broker at {SERVERS}?")
    print(f"published {ID}", flush=True)


def stop_if_refused(failure: object, _: object) -> None:
    """What the broker refuses is told here and nowhere else."""
    if failure is not None:
        raise KafkaException(failure)


def until_judged(consumer: Consumer) -> None:
    """Other records of the topic are other outputs' verdicts, or ask for more answers."""
    limit = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < limit:
        record = consumer.poll(1.0)
        if record is None or record.error():
            continue
        verdict = json.loads(record.value())
        ref = verdict.get("ref", {})
        if (ref.get("source"), ref.get("id")) == (SOURCE, ID):
            print(
                f"verdict: {verdict['answer']} ({verdict['probability']:.0%} sure,"
                f" {verdict['stop_reason']}, {len(verdict['votes'])} answers)"
            )
            return
    sys.exit(f"no verdict yet: sentuh trace --kafka HOST:PORT --source {SOURCE} --id {ID}")


main()
