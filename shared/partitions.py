"""The partition Kafka's own partitioner gives a key: what we keep per partition agrees with it."""

from functools import lru_cache

from aiokafka.partitioner import murmur2

from shared.topics import PARTITIONS


@lru_cache(maxsize=16_384)
def partition_of(key: str, count: int = PARTITIONS) -> int:
    """The partition of a record key among `count`, as Java's and aiokafka's producers choose it."""
    return int((murmur2(key.encode()) & 0x7FFFFFFF) % count)
