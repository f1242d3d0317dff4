"""The one file that touches private parts of aiokafka, each with the reason why.

Whoever raises aiokafka's version checks these functions against its code. The tests of this room
fail where a part has another name or does something else.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.consumer import fetcher
from aiokafka.errors import KafkaError
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy

NO_OFFSET = -1


class FetchState(NamedTuple):
    """How far a consumer has read one partition.

    `position` is the offset of the next record it will hand over; `highwater` is the end of the
    partition in the last answer to a fetch, and `answered_ms` the time of that answer.
    """

    position: int
    highwater: int
    answered_ms: int


# --- consumer ------------------------------------------------------------------------------------


def set_fetch_wait(consumer: AIOKafkaConsumer, *, bytes_min: int, ms: int) -> None:
    """Set how much a broker gathers before it answers the next fetch, and how long it may take.

    The public way sets both when the consumer is made, for good.
    """
    if consumer._fetcher is None:
        return  # not started yet
    # The fetcher reads both numbers anew for each request it sends.
    consumer._fetcher._fetch_min_bytes = bytes_min
    consumer._fetcher._fetch_max_wait_ms = ms


def has_records(consumer: AIOKafkaConsumer) -> bool:
    """Whether anything that was fetched is at hand: records, or an error of a partition."""
    return consumer._fetcher is not None and bool(consumer._fetcher._records)


def runs(consumer: AIOKafkaConsumer) -> bool:
    """Whether the tasks that keep a consumer in its group and fetch its records are running.

    When one of them dies, aiokafka goes on answering polls, with nothing.
    """
    tasks = (consumer._coordinator._coordination_task, consumer._fetcher._fetch_task)
    return not any(task.done() for task in tasks)


def leave_group_when_stopped(consumer: AIOKafkaConsumer) -> None:
    """Make a consumer tell its group that it leaves when it is stopped.

    Without it the group waits for the session's end before it gives the partitions to others.
    """
    coordinator = consumer._coordinator
    # aiokafka sends no LeaveGroup for a static member.
    coordinator._group_instance_id = None
    # Nor does it in generation 0, which it takes for "never joined" and the embedded broker counts
    # from: that broker would wait for this member for ever.
    if coordinator.generation == 0:
        coordinator.generation = 1


def fetch_states(consumer: AIOKafkaConsumer) -> Iterator[tuple[ClientPartition, FetchState]]:
    """Yield each assigned partition about which a fetch has been answered.

    `consumer.position()` and `consumer.highwater()` say the same one by one, but not when the
    answer came, and the first of them waits for a partition without a position.
    """
    subscription = consumer._subscription.subscription
    assignment = subscription and subscription.assignment
    for part in assignment.tps if assignment else ():
        state = assignment.state_value(part)
        if state.has_valid_position and state.timestamp is not None:
            yield part, FetchState(state.position, state.highwater, state.timestamp)


async def committed_offsets(
    consumer: AIOKafkaConsumer, parts: Sequence[ClientPartition]
) -> dict[ClientPartition, int | None]:
    """Return the offset that the group has committed for each partition, None where it has none.

    `consumer.committed()` sends a request for each partition. Raises KafkaError.
    """
    found = await consumer._coordinator.fetch_committed_offsets(parts) if parts else {}
    offsets = {part: found[part].offset if part in found else NO_OFFSET for part in parts}
    return {part: None if offset == NO_OFFSET else offset for part, offset in offsets.items()}


# --- producer ------------------------------------------------------------------------------------


def sends(producer: AIOKafkaProducer) -> bool:
    """Whether the task that sends a producer's records is running, or was never needed.

    When it dies, every later send waits for ever.
    """
    task = producer._sender.sender_task
    return task is None or not task.done()


async def abandon(producer: AIOKafkaProducer, *, seconds: float) -> None:
    """Disconnect a producer at once and drop the records it still holds.

    Its own `stop` sends them first. They must not go out after the bound under which they were
    sent: by then somebody else may have published them.
    """
    # Now it refuses further records, and its finalizer does not warn that nobody closed it.
    producer._closed = True
    with contextlib.suppress(KafkaError, OSError, TimeoutError, asyncio.CancelledError):
        async with asyncio.timeout(seconds):
            # Connections first: the task that sends would open new ones.
            await producer.client.close()
            await producer._sender.close()


# --- header names that are no UTF-8 --------------------------------------------------------------


def read_any_header_name() -> None:
    """Make every consumer of this process read records whose header names are no UTF-8.

    Brokers accept such records. aiokafka 0.14 raises UnicodeDecodeError for them on each poll: the
    partition is blocked for ever, and the records before it in the same fetch are lost. From now
    on such a batch is decoded again, more slowly, with what is no UTF-8 replaced.
    """
    fetcher.MemoryRecords = _FetchedRecords


class _FetchedRecords(_MemoryRecordsPy):  # type: ignore[misc]
    """The batches in the answer to one fetch."""

    def next_batch(self, *sizes: int) -> Any:
        """Return the next batch, or None at the end."""
        raw = self._next_slice
        batch = super().next_batch(*sizes)
        return None if batch is None else _Batch(batch, raw)


class _Batch:
    """A batch that is decoded leniently from the record on that aiokafka's decoder fails at."""

    def __init__(self, batch: Any, raw: memoryview) -> None:
        self._batch = batch
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        decoded = 0
        try:
            for record in self._batch:
                decoded += 1
                yield record
        except UnicodeDecodeError:
            # From the record that failed on: those before it were handed over already.
            yield from islice(_LenientBatch(self._raw), decoded, None)


class _LenientBatch(_DefaultRecordBatchPy):  # type: ignore[misc]
    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer: bytearray = _LenientBytes(self._buffer)


class _LenientBytes(bytearray):
    """Bytes whose slices decode with replacement."""

    def __getitem__(self, at: Any) -> Any:
        part = super().__getitem__(at)
        return _LenientBytes(part) if isinstance(at, slice) else part

    def decode(self, encoding: str = "utf-8", _errors: str = "replace") -> str:
        """Return text, whatever the bytes are."""
        return super().decode(encoding, "replace")
