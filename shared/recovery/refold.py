"""Rebuilds a service's state in Redis by reading Kafka again, after Redis may have lost writes.

A slot (the Redis keys under one hash tag, such as `{router:main}`) holds markers: for each
partition, the offset up to which the slot's state is known to contain every record. The service's
own topic (its journal) is read again from ten minutes before the lowest marker on, more than any
clock is wrong, and so are timers, by which one slot tells another what an input said; input topics
that change state directly are read from the marker itself. Each event is folded: the changes that
it makes to the state are written again. Conditions on the changes make a second write of the same
change harmless.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from shared.contracts.errors import Refused
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import Topic
from shared.pattern.meaning import PassedOver, events_of
from shared.recovery.journal_log import LogReader
from shared.recovery.lead import Lead
from shared.state.changes import Change, hash_of

MARGIN_SECONDS = 600.0
"""How many seconds before a marker the journal is read again; clocks differ by less than that."""
TRIM_EVERY = 20_000
"""Records of inputs after which a service bounds what they left in the slots."""
RECENT_SECONDS = 86_400
"""Seconds for which a key exists at least after it was last written (see `changes.forget`)."""


class Refold:
    """Applies to the slots of one recovery every event from Kafka that their state may lack.

    A slot is the set of Redis keys under one hash tag. `lead` holds this process's lease on the
    slots that are being rebuilt; `log_reader` reads the topics; `open_slots` need no rebuilding.
    Use an object once: `await Refold(lead, log_reader, open_slots).run()` returns the number of
    events read.
    """

    def __init__(self, lead: Lead, log_reader: LogReader, open_slots: Collection[str]) -> None:
        self._service = lead.dependencies.service
        self._log = log_reader
        self._lead = lead
        self._open_slots = frozenset(open_slots)
        self._passed_over = PassedOver(self._service)
        self._events = 0
        self._untrimmed = 0
        self._touched: set[str] = set()
        self._markers: dict[str, dict[str, int]] = {}
        self._recent_ms = _milliseconds(lead.dependencies.clock.now()) - RECENT_SECONDS * 1000

    async def run(self) -> int:
        """Apply to the slots' state every event that it may lack; return how many events were read.

        A slot is the set of Redis keys under one hash tag. Reads the service's journal (the topic
        that it alone writes) from the slots' markers to its end, then the input topics that change
        state directly, up to the offsets committed to Kafka. A marker is the offset up to which a
        slot's state is known to be complete. Raises LeaseLost if another process took a slot over,
        TransientError if Kafka or Redis is away. Events skipped because they were applied long
        ago (see `_is_folded_long_since`) do not count.
        Example: 40 new events behind the markers give 40.
        """
        for slot in self._lead.gone:
            self._markers[slot] = await self._markers_of(slot)
        journals = self._service.card.journals
        for journal in journals:
            await self._journal(journal)
        # The inputs up to the committed offsets only: later records are handled as usual.
        for topic in self._service.card.also_folds:
            if topic in journals:
                continue  # read to its end already
            ends = await self._log.ends(topic)
            for place, handled in (await self._log.committed(topic)).items():
                start = self._start(place, ends.get(place, 0))
                await self._place(topic, place, start, handled)
        await self._timers()
        await self._trim_all()
        return self._events

    async def _journal(self, journal: Topic) -> None:
        for place, end in (await self._log.ends(journal)).items():
            start = self._start(place, end)
            start = await self._log.before(place, start, seconds=MARGIN_SECONDS) if start else 0
            await self._place(journal, place, start, end)

    async def _timers(self) -> None:
        """Apply what one slot told another by a timer, from ten minutes before the marker on.

        A slot is the set of Redis keys under one hash tag. The input that the timer handed on may
        be below the marker of the slot that was told, and the timer is below the committed offset:
        a slot that lost its last writes would be told by nobody. The marker is that of the root
        slot, which every process keeps up; a pool that rests has old ones. Example: a pool lost
        that a worker left.
        """
        timers = self._service.card.timers
        if timers is None:
            return
        markers = await self._markers_of(self._service.root)
        for place, handled in (await self._log.committed(timers)).items():
            start = min(markers.get(place.marker, 0), handled)
            start = await self._log.before(place, start, seconds=MARGIN_SECONDS) if start else 0
            await self._place(timers, place, start, handled)

    async def _markers_of(self, slot: str) -> dict[str, int]:
        """Load from Redis how far a slot's state is complete: `topic:partition` to an offset.

        A slot is the set of Redis keys under one hash tag; its state has every record of the
        partition below that offset. Example: `{"tasks:3": 1200}`; empty if the slot stores none.
        """
        key = f"{slot}:markers"
        value = (await self._lead.peek(slot, [hash_of(key)])).data[key][1]
        return {name: int(at) for name, at in value.items()} if isinstance(value, dict) else {}

    def _marker(self, slot: str, place: TopicPartition) -> int:
        """Return the offset below which a slot's state has all records of the partition; 0 if the
        slot stores none for it.
        """
        return self._markers.get(slot, {}).get(place.marker, 0)

    def _start(self, place: TopicPartition, end: int) -> int:
        """Return the offset from which to read the partition again: the lowest marker of all slots.

        A slot is the set of Redis keys under one hash tag. A marker is the offset up to which its
        state has every record of the partition; a slot without one counts as 0. `end` is the offset
        behind the last record. A marker beyond `end` belongs to a deleted topic of the same name,
        so the result is then 0. Example: markers 1200 and 900 give 900.
        """
        start = min((self._marker(slot, place) for slot in self._markers), default=0)
        return start if start <= end else 0

    async def _place(self, topic: Topic, place: TopicPartition, start: int, end: int) -> None:
        """Read one partition from offset `start` up to, but without, `end`, and apply its events.

        Each event's changes are written to the slot (the Redis keys under one hash tag) that the
        event belongs to, if that slot is being rebuilt.
        """
        if start >= end:
            return
        async for records in self._log.read(place, start, end):
            await self._fold(topic, records)

    async def _fold(self, topic: Topic, records: Sequence[Record]) -> None:
        """Apply the events of these records, each to the slot that its event belongs to.

        A slot is the set of Redis keys under one hash tag. An unreadable record is skipped: it
        became a dead letter when it was first handled. So is one that means nothing to the service,
        one whose slot this process does not rebuild, and one applied so long ago that Redis may
        have forgotten its id, since it would be counted twice. Example: of 500 records with 2
        unreadable ones, 498 are applied.
        """
        by_slot: dict[str, list[Change]] = {}
        for record in records:
            if record in self._passed_over:
                continue
            try:
                _, events = events_of(self._service, record, topic, self._is_known)
            except Refused:
                continue  # it became a dead letter when it was handled: state never held it
            for event in events:
                slot = self._service.slot(event)
                if self._is_folded_long_since(slot, record):
                    continue
                by_slot.setdefault(slot, []).extend(self._service.folds(event, record.order))
                self._events += 1
        for slot, changes in by_slot.items():
            if await self._leads(slot):
                await self._lead.fold(slot, changes)
        await self._trim(topic, by_slot, len(records))

    def _is_known(self, slot: str) -> bool:
        """Return whether this slot (Redis keys under one hash tag) is open or being rebuilt.

        The journal is read before the inputs, so every slot that it names is known by then.
        """
        return slot in self._open_slots or slot in self._lead.gone

    async def _trim(self, topic: Topic, slots: Iterable[str], count: int) -> None:
        """Let the service bound what outsiders wrote to an input, every TRIM_EVERY records.

        A flood of strangers stays on a compacted topic. Trimmed only at the end, Redis would be
        full before. Of the slots (each the Redis keys under one hash tag) only those that were
        written to since are trimmed: there may be thousands.
        """
        if self._service.trim is None or topic not in self._service.card.also_folds:
            return
        self._touched.update(slots)
        self._untrimmed += count
        if self._untrimmed < TRIM_EVERY:
            return
        await self._trim_all()

    async def _trim_all(self) -> None:
        self._untrimmed = 0
        touched, self._touched = self._touched, set()
        if self._service.trim is None:
            return
        for slot in sorted(touched & self._lead.taken):
            await self._service.trim(slot, self._lead.peek, self._lead.fold)

    def _is_folded_long_since(self, slot: str, record: Record) -> bool:
        """Return whether the record was applied so long ago that Redis may have forgotten its id.

        Applying a record leaves a key that a condition of its changes checks, so that a second time
        changes nothing. The key may have expired if the record is older than a day and below the
        slot's marker (the offset up to which the slot's state is complete). Such a record must be
        skipped, or its amounts would be added twice. Example: a record two days old at offset 900,
        with the marker at 1200, gives True.
        """
        is_folded = record.offset < self._marker(slot, record.place)
        return is_folded and record.timestamp_ms < self._recent_ms

    async def _leads(self, slot: str) -> bool:
        """Return whether this process rebuilds the slot and so may write to it.

        A slot is the set of Redis keys under one hash tag. The service's root slot (`{router}`)
        holds the register of all others. If the register is lost too, a slot is found only through
        its records: this method then takes the lease on it, which makes the process the one that
        rebuilds it. A slot that is usable is left alone. Raises LeaseLost if another process holds
        the lease. Example: with a lost register, the first record of `{router:photos}` adds that
        slot to the recovery and gives True.
        """
        if slot in self._lead.gone or slot == self._service.root:
            return True  # the root slot's lease is held by whoever catches up, also if it is open
        if self._service.root not in self._lead.gone:
            return False
        if await self._lead.dependencies.store.epoch(slot) is not None:
            return False
        await self._lead.take([slot])
        self._lead.gone.append(slot)
        return True


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
