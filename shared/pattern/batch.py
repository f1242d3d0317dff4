"""A batch and its chunks: the events of one fetch on their way through the pipeline."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.contracts.errors import EpochGone
from shared.contracts.record import Ack, Outgoing, TopicPartition
from shared.pattern.in_flight import Step, UnitInFlight
from shared.state.store import Settlement

ALONE = "!"
"""Suffix of the name of the crash counter of an event that is handled alone. A whole batch has
other counters, so that only an event that crashes the process while handled alone is refused."""


async def nothing() -> None:
    """Do nothing."""


@dataclass(slots=True)
class Batch:
    """The events of one fetch that one pipeline handles, from reading to settling.

    units: one for each event, in record order.
    revoked: returns whether another process owns the batch's partitions by now.
    dead_letters: the dead letters of records that could not be read, to be published.
    passed_over: by partition, the offset of the last record that means nothing to the service.
    epochs: by Redis slot, the epoch its state was loaded under. An epoch is the name Redis gives
        the time since a slot's state was last rebuilt; one batch accepts only one for each slot.
    acks: for each journal record it published, the slot and Kafka's acknowledgement.
    before_retry: awaited before the batch is decided, if an earlier delivery of it did not end.
    crash_loop: whether earlier deliveries of this batch crashed the process too often; its units
        are then handled one by one.
    """

    units: list[UnitInFlight]
    revoked: Callable[[], bool]
    dead_letters: Sequence[Outgoing] = ()
    passed_over: Mapping[TopicPartition, int] = field(default_factory=dict)
    epochs: dict[str, str] = field(default_factory=dict)
    acks: list[tuple[str, Ack]] = field(default_factory=list)
    before_retry: Callable[[], Awaitable[None]] = nothing
    crash_loop: bool = False

    @property
    def outcome_bytes(self) -> int:
        """The bytes of records that Redis keeps for this batch until it is settled."""
        return sum(len(one.entry.records) for one in self.units if one.outcome_kept and one.entry)

    def chunks(self, units_max: int, bytes_max: int | None = None) -> list["Chunk"]:
        """Split the batch, in its order, into chunks with at most `units_max` events of one slot.

        With `bytes_max` a chunk also ends once its records have so many bytes. Loading the first
        chunk raises the crash counters of the whole batch. Example: with a bound of 2, units of the
        slots A B A B B A make two chunks, A B A B and B A.
        """
        chunks: list[Chunk] = []
        taken: dict[str, int] = {}
        size = 0
        for unit in self.units:
            count = taken.get(unit.slot, 0)
            if not chunks or count == units_max or (bytes_max and size >= bytes_max):
                chunks.append(Chunk(self, []))
                taken, count, size = {}, 0, 0
            chunks[-1].units.append(unit)
            taken[unit.slot] = count + 1
            if bytes_max:
                size += len(unit.unit.record.value or b"")
        for chunk in chunks[:1]:
            chunk.attempts = self.attempts()
        return chunks

    def attempts(self) -> dict[str, tuple[str, ...]]:
        """Return, by Redis slot, the names of the crash counters of this batch.

        Loading the batch raises them, settling it lowers them: what remains counts the deliveries
        that crashed the process. The names are the ids of the first event of each partition, since
        Kafka delivers these first again, however large the next batch is. In a crash loop each
        event has a counter of its own too. Example: `{"{qa:main}": ("event-7", "event-9")}`.
        """
        first_of_each = {one.unit.record.place: one for one in reversed(self.units)}
        names = [(one.slot, one.unit.id) for one in first_of_each.values()]
        names += [(one.slot, one.unit.id + ALONE) for one in self.units if self.crash_loop]
        by_slot: dict[str, tuple[str, ...]] = {}
        for slot, name in names:
            by_slot[slot] = (*by_slot.get(slot, ()), name)
        return by_slot

    def attempts_raised(self) -> dict[str, Settlement]:
        """Return, by slot, settlements that take back the batch's crash counters and nothing else.

        Of a slot that was never loaded no counter was raised.
        """
        return {
            slot: Settlement(self.epochs[slot], {}, names, {})
            for slot, names in self.attempts().items()
            if slot in self.epochs
        }

    def remember_epochs(self, epochs: Mapping[str, str]) -> None:
        """Remember the epoch that each Redis slot named in its reply.

        An epoch is the time since the slot's state was last rebuilt. Raises EpochGone if a slot
        names another than it did earlier in this batch: it was rebuilt in between, what the batch
        committed before is lost, and the batch's Kafka offsets must not be committed.
        """
        for slot, epoch in epochs.items():
            if self.epochs.setdefault(slot, epoch) != epoch:
                raise EpochGone(slot)

    def settlements(self) -> dict[str, Settlement]:
        """Return, by slot (the Redis keys under one hash tag), what to write there once all records
        of the batch are published.

        A settlement holds the ids of the events whose records are published, the names of the crash
        counters to lower by one, for each input partition the offset after the last record handled
        or passed over, and for each partition of the journal the offset after the last record
        published.
        """
        attempts = self.attempts()
        published: dict[str, dict[str, str]] = {one.slot: {} for one in self.units}
        last: dict[str, dict[TopicPartition, int]] = {slot: {} for slot in published}
        for one in self.units:
            if one.outcome_kept:
                published[one.slot][one.unit.id] = one.unit.digest
            record = one.unit.record
            _raise_to(last[one.slot], record.place, record.offset)
        for slot, ack in self.acks:
            _raise_to(last[slot], *ack)
        # What was passed over concerns no slot, so every slot has all of it.
        for handled in last.values():
            for place, offset in self.passed_over.items():
                _raise_to(handled, place, offset)
        return {
            slot: Settlement(
                self.epochs[slot],
                done,
                attempts.get(slot, ()),
                {partition.marker: offset + 1 for partition, offset in last[slot].items()},
            )
            for slot, done in published.items()
        }


def _raise_to(last: dict[TopicPartition, int], partition: TopicPartition, offset: int) -> None:
    if offset >= last.get(partition, 0):
        last[partition] = offset


@dataclass(slots=True)
class Chunk:
    """The part of a batch whose events are loaded, decided and committed together.

    units: one for each event, in record order.
    attempts: by Redis slot, the names of the crash counters (how often handling these events began
        and did not end) that the chunk's first load raises by one.
    confirmed_at: the monotonic time just before its state was last loaded. After more than
        `Limits.publish_seconds` it is loaded again before its records are published.
    """

    batch: Batch
    units: list[UnitInFlight]
    attempts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    confirmed_at: float = 0.0

    def unpublished(self) -> list[UnitInFlight]:
        """Return the units (one event each) whose records or dead letter are not on Kafka yet."""
        return [one for one in self.units if not one.published]

    def at_step(self, *steps: Step) -> list[UnitInFlight]:
        """Return the units (one event each) whose current step is one of these."""
        return [one for one in self.units if one.step in steps]

    def start_over(self) -> None:
        """Set every unpublished unit (one event in the pipeline) back to its first step, TO_DECIDE.

        The pipeline then loads these units again. A unit that was already committed is not decided
        twice: its records are found in Redis.
        """
        for one in self.unpublished():
            one.start_over()
