"""Follows topics with a plain consumer of no group, from their beginning on."""

import asyncio
import logging
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition

from sentuh.history.topic_reader import present
from shared.connect.access import KafkaAccess
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import (
    ASSIGNMENTS,
    DEAD_LETTERS,
    EARNINGS,
    MODEL_OUTPUTS,
    RESPONSES,
    TASKS,
    VERDICTS,
    Names,
)
from shared.kafka import internals
from shared.kafka.log import FETCH_WAIT_MS, POLL_MS
from shared.kafka.received import record_of

FOLLOWED = (
    MODEL_OUTPUTS, TASKS, RESPONSES, ASSIGNMENTS, VERDICTS, EARNINGS, *DEAD_LETTERS.values(),
)  # fmt: skip
"""The topics of the standing audit: only on these can work be lost, stuck or paid."""

_ANSWER_SECONDS = 5.0


class Following:
    """A consumer over every partition of these topics; each record is read once."""

    def __init__(self, where: KafkaAccess | str, names: Names) -> None:
        self._access = KafkaAccess.of(where)
        self._names = names
        self._consumer: AIOKafkaConsumer | None = None
        self._ends: dict[ClientPartition, int] = {}

    async def start(self) -> None:
        """Connect and begin at the beginning; SettingError if a topic is missing."""
        partition_counts = await present(self._access, self._names)
        logging.getLogger("aiokafka").setLevel(logging.ERROR)
        internals.read_any_header_name()
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._access.servers,
            **self._access.aiokafka(),
            client_id="sentuh-auditor",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=FETCH_WAIT_MS * 10,
        )
        names = (self._names.of(row) for row in FOLLOWED)
        self._consumer.assign(
            [
                ClientPartition(*TopicPartition(name, at))
                for name in names
                for at in range(partition_counts[name])
            ]
        )
        await self._consumer.start()

    async def stop(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()

    async def more(self) -> list[Record]:
        """Return new records, waiting a moment for them; empty if none comes."""
        consumer = self._reader
        batches: dict[ClientPartition, list[Any]] = await consumer.getmany(timeout_ms=POLL_MS)
        return [record_of(raw) for records in batches.values() for raw in records]

    async def read_past(self, moment: float) -> bool:
        """Return whether every record that the broker had at a moment (seconds since 1970) is read.

        A partition is, once it is read to the end that its first fetch after the moment told.
        Example: a fetch of 10:00:01 told end 7; from position 7 on, 10:00:00 has been read past.
        """
        reader = self._reader
        for part in reader.assignment():
            polled_ms, end = reader.last_poll_timestamp(part), reader.highwater(part)
            if end is not None and (polled_ms or 0) > moment * 1000:
                self._ends.setdefault(part, end)
        missing = [part for part in reader.assignment() if await self._unread(part)]
        if missing:
            return False
        self._ends.clear()
        return True

    async def behind(self) -> int:
        """Count the records that the broker has and that are not read yet, by the last fetches."""
        reader = self._reader
        marks = {part: reader.highwater(part) for part in reader.assignment()}
        read = {part: await self._position(part) for part, mark in marks.items() if mark}
        return sum(max((marks[part] or 0) - at, 0) for part, at in read.items())

    async def _unread(self, part: ClientPartition) -> bool:
        end = self._ends.get(part)
        return end is None or await self._position(part) < end

    async def _position(self, part: ClientPartition) -> int:
        async with asyncio.timeout(_ANSWER_SECONDS):
            return int(await self._reader.position(part))

    @property
    def _reader(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise RuntimeError("start() comes first")
        return self._consumer
