"""Folding again: from Kafka into Redis, whatever the state of closed slots may lack.

A slot's markers say up to which offset of each partition its state is known to be complete. From
there on the service's own journal is folded again, and the input topics its state folds.
"""

from collections.abc import Sequence
from datetime import datetime

from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import Topic
from shared.recovery.journal_log import LogReader
from shared.recovery.lead import Lead
from shared.state.changes import Change, hash_of

MARGIN_SECONDS = 600.0
"""How long before its markers the journal is read again: longer than clocks differ."""
RECENT_SECONDS = 86_400
"""For this long at least a key exists after it was last written (see `changes.forget`)."""


class Refold:
    """Folds the journal and the inputs that state folds into the slots of one lead."""

    def __init__(self, lead: Lead, log_reader: LogReader) -> None:
        self._service = lead.dependencies.service
        self._log = log_reader
        self._lead = lead
        self._events = 0
        self._markers: dict[str, dict[str, int]] = {}
        self._recent_ms = _milliseconds(lead.dependencies.clock.now()) - RECENT_SECONDS * 1000

    async def run(self) -> int:
        """Fold all that the slots may lack; returns the number of events folded."""
        for slot in self._lead.gone:
            self._markers[slot] = await self._markers_of(slot)
        journal = self._service.card.journal
        for place, end in (await self._log.ends(journal)).items():
            start = self._start(place, end)
            start = await self._log.before(place, start, seconds=MARGIN_SECONDS) if start else 0
            await self._place(journal, place, start, end)
        # The inputs up to the committed offsets only: later records are handled as usual.
        for topic in self._service.card.also_folds:
            ends = await self._log.ends(topic)
            for place, handled in (await self._log.committed(topic)).items():
                start = self._start(place, ends.get(place, 0))
                await self._place(topic, place, start, handled)
        return self._events

    async def _markers_of(self, slot: str) -> dict[str, int]:
        key = f"{slot}:markers"
        value = (await self._lead.peek(slot, [hash_of(key)])).data[key][1]
        return {name: int(at) for name, at in value.items()} if isinstance(value, dict) else {}

    def _marker(self, slot: str, place: TopicPartition) -> int:
        return self._markers.get(slot, {}).get(f"{place.topic}:{place.partition}", 0)

    def _start(self, place: TopicPartition, end: int) -> int:
        """Return the lowest of the slots' markers.

        That is 0 where a slot has none. So it is where the markers lie beyond the partition's end:
        the topic was deleted and made anew, and they count records of the old one.
        """
        start = min((self._marker(slot, place) for slot in self._markers), default=0)
        return start if start <= end else 0

    async def _place(self, topic: Topic, place: TopicPartition, start: int, end: int) -> None:
        if start >= end:
            return
        async for records in self._log.read(place, start, end):
            await self._fold(topic, records)

    async def _fold(self, topic: Topic, records: Sequence[Record]) -> None:
        by_slot: dict[str, list[Change]] = {}
        for record in records:
            try:
                _, event = envelope.decode(record, topic)
            except Refused:
                continue  # it became a dead letter when it was handled: state never held it
            slot = self._service.slot(event)
            if self._is_folded_long_since(slot, record):
                continue
            by_slot.setdefault(slot, []).extend(self._service.folds(event, record.order))
            self._events += 1
        for slot, changes in by_slot.items():
            if await self._leads(slot):
                await self._lead.fold(slot, changes)

    def _is_folded_long_since(self, slot: str, record: Record) -> bool:
        """Whether the state holds the record for so long that its guard may have expired since.

        Folded again without the guard, its sums would be added a second time.
        """
        is_folded = record.offset < self._marker(slot, record.place)
        return is_folded and record.timestamp_ms < self._recent_ms

    async def _leads(self, slot: str) -> bool:
        """Whether the slot is closed and led by this process.

        With the root slot its register is lost, which names the other slots: those are then found
        by their records, and led from there on.
        """
        if slot in self._lead.gone:
            return True
        if self._service.root not in self._lead.gone:
            return False
        if await self._lead.dependencies.store.epoch(slot) is not None:
            return False
        await self._lead.take([slot])
        self._lead.gone.append(slot)
        return True


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
