"""When a service's last record was published: by that a run's time ends, not by its offsets.

A build may commit offsets with every batch or only once in two seconds; nobody waits for them.
"""

import time
from collections.abc import Mapping
from typing import Any

from confluent_kafka import Consumer, TopicPartition

LOOK_SECONDS = 0.2
READ_SECONDS_MAX = 15.0
Ends = Mapping[Any, int]
"""The offset after the last record, by partition."""


def last_published(bootstrap: str, before: Ends, now: Ends) -> float:
    """Return when the youngest record between two ends was published, in seconds since 1970."""
    grown = [place for place, end in now.items() if end > before[place]]
    reader = Consumer({"bootstrap.servers": bootstrap, "group.id": "bench", "log_level": 0})
    reader.assign([TopicPartition(at.topic, at.partition, now[at] - 1) for at in grown])
    limit, times = time.monotonic() + READ_SECONDS_MAX, dict[int | None, int]()
    try:
        while len(times) < len(grown):
            if time.monotonic() > limit:
                raise TimeoutError("the end of the journal cannot be read")
            record = reader.poll(LOOK_SECONDS)
            if record is not None and record.error() is None:
                times[record.partition()] = record.timestamp()[1]
    finally:
        reader.close()
    return max(times.values()) / 1000
