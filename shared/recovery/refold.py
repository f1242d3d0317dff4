"""Folding again: the own journal and the inputs that state folds, from the markers on."""

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
"""How long before its markers the own journal is read again: more than any clock is wrong."""
RECENT_SECONDS = 86_400
"""What a key stands for at the least after it was last written (see `changes.forget`)."""


class Refold:
    """Folds the own journal and the inputs that state folds, over the slots a lead holds."""

    def __init__(self, lead: Lead, log_reader: LogReader) -> None:
        self._service = lead.means.service
        self._log = log_reader
        self._lead = lead
        self._events = 0
        self._markers: dict[str, dict[str, int]] = {}
        self._recent_ms = _milliseconds(lead.means.clock.now()) - RECENT_SECONDS * 1000

    async def run(self) -> int:
        """Fold everything there is; returns how many events were folded."""
        for slot in self._lead.gone:
            self._markers[slot] = await self._markers_of(slot)
        journal = self._service.card.journal
        for place, end in (await self._log.ends(journal)).items():
            start = self._start(place, end)
            start = await self._log.before(place, start, seconds=MARGIN_SECONDS) if start else 0
            await self._place(journal, place, start, end)
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
        """The lowest of the slots' markers; 0 where a slot has none, or the topic was made anew."""
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
                continue  # it became a dead letter when it was handled; state never knew it
            slot = self._service.slot(event)
            if self._known_long_since(slot, record):
                continue
            by_slot.setdefault(slot, []).extend(self._service.folds(event, record.order))
            self._events += 1
        for slot, changes in by_slot.items():
            if await self._leads(slot):
                await self._lead.fold(slot, changes)

    def _known_long_since(self, slot: str, record: Record) -> bool:
        """Whether the state was made with the record, so long ago that it may have let go of what
        tells so: folded again, its sums would be added again.
        """
        known = record.offset < self._marker(slot, record.place)
        return known and record.timestamp_ms < self._recent_ms

    async def _leads(self, slot: str) -> bool:
        """Whether the slot is one to make whole; one the lost register named is found here."""
        if slot in self._lead.gone:
            return True
        if self._service.root not in self._lead.gone:
            return False
        if await self._lead.means.store.epoch(slot) is not None:
            return False
        await self._lead.take([slot])
        self._lead.gone.append(slot)
        return True


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
