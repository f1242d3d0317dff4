"""Lets records be read whose header names are no UTF-8.

Brokers take them, and aiokafka 0.14 raises UnicodeDecodeError on each poll: the partition is
blocked for ever, and the records before it in the same fetch are stepped over. Here a batch that
cannot be decoded is decoded again, slower, with what is no UTF-8 replaced. `install` puts this in
the place of aiokafka's own reader of fetched bytes.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy


def install() -> None:
    """Read so in every consumer of this process."""
    fetcher.MemoryRecords = Records


class Records(_MemoryRecordsPy):  # type: ignore[misc]
    """The batches of one fetch."""

    def next_batch(self, *sizes: int) -> Any:
        """The next batch, which decodes what it can."""
        raw = self._next_slice
        batch = super().next_batch(*sizes)
        return None if batch is None else _Batch(batch, raw)


class _Batch:
    """aiokafka's batch, with another way to its records where the first fails."""

    def __init__(self, batch: Any, raw: memoryview) -> None:
        self._batch = batch
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        read = 0
        try:
            for record in self._batch:
                read += 1
                yield record
        except UnicodeDecodeError:
            yield from islice(_LenientBatch(self._raw), read, None)


class _LenientBatch(_DefaultRecordBatchPy):  # type: ignore[misc]
    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer: bytearray = _Lenient(self._buffer)


class _Lenient(bytearray):
    """Bytes whose slices decode with replacement."""

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        return _Lenient(found) if isinstance(at, slice) else found

    def decode(self, encoding: str = "utf-8", _errors: str = "replace") -> str:
        """Text, whatever the bytes are."""
        return super().decode(encoding, "replace")
