"""Our partitions are Kafka's: these pairs were chosen by Java's default partitioner's algorithm."""

import pytest
from aiokafka.partitioner import murmur2
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import partitions
from shared.contracts.partitions import partition_of, placed

GOLDEN = [
    ("", 3),
    ("t-1", 4),
    ("t-2", 0),
    ("w-1", 5),
    ("a", 4),
    ("ab", 2),
    ("abc", 3),
    ("abcd", 2),
    ("21", 0),
    ("foobar", 0),
    ("a-little-bit-long-string", 2),
    ("e0c74646470ea604", 5),
    ("k@x/y=z", 2),
    ("6af613b6-569c-5c22-9c37-2ed93f31d3af", 0),
    ("b04965e6-a9bb-591f-8f8a-1adcb2c8dc39", 1),
    ("4b166dbe-d99d-5091-abdd-95b83330ed3a", 3),
    ("98123fde-012f-5ff3-8b50-881449dac91a", 4),
    ("6ed955c6-506a-5343-9be4-2c0afae02eef", 0),
    ("c8691da2-158a-5ed6-8537-0e6f140801f2", 5),
    ("a6c4fc8f-6950-51de-a9ae-2c519c465071", 4),
]


@pytest.mark.parametrize(("key", "partition"), GOLDEN)
def test_a_key_is_where_kafka_puts_it(key: str, partition: int) -> None:
    assert partition_of(key) == partition


@given(st.binary(max_size=60), st.integers(1, 50))
def test_any_bytes_are_where_aiokafka_puts_them(key: bytes, count: int) -> None:
    assert placed(key, count) == (murmur2(key) & 0x7FFFFFFF) % count


@given(st.binary(min_size=190, max_size=400), st.integers(1, 50))
def test_keys_that_senders_chose_long_are_too_and_are_not_remembered(
    key: bytes, count: int
) -> None:
    before = partitions._placed.cache_info().currsize

    assert placed(key, count) == (murmur2(key) & 0x7FFFFFFF) % count
    assert len(key) <= 200 or partitions._placed.cache_info().currsize == before
