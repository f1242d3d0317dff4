"""A batch on its way, in chunks: its units, the epochs it saw, and what settles it at its end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.contracts.errors import EpochGone
from shared.contracts.record import Ack, Outgoing, TopicPartition
from shared.pattern.in_flight import Step, UnitInFlight
from shared.state.store import Settlement

ALONE = "!"
"""Ends the name under which an attempt is counted for a unit that is taken alone. Attempts of a
whole batch are counted under other names: only a unit that kills its process alone is given up."""


@dataclass(slots=True)
class Batch:
    """The units of one fetch that one pipeline takes, from reading to settling.

    revoked: says whether the batch's partitions belong to another process by now.
    dead_letters: the records that could not be read at all, as they will be published.
    epochs: per slot, the epoch under which the batch loaded it; all of it is under one.
    acks: slot and ack of every journal record it published.
    confirmed_at: the monotonic time of Redis' last answer; acknowledge soon after it.
    crash_loop: whether earlier deliveries of this batch ended their process too often; its units
        are then taken one by one, so that only the one that kills is given up.
    """

    units: list[UnitInFlight]
    revoked: Callable[[], bool]
    dead_letters: Sequence[Outgoing] = ()
    epochs: dict[str, str] = field(default_factory=dict)
    acks: list[tuple[str, Ack]] = field(default_factory=list)
    confirmed_at: float = 0.0
    crash_loop: bool = False

    def chunks(self, units_max: int) -> list["Chunk"]:
        """Cut the units, in their order, into chunks of at most `units_max` units of one slot.

        The first chunk counts the attempt of the whole batch. Example: with a bound of 2 the slots
        A B A B B A make two chunks, A B A B and B A.
        """
        chunks: list[Chunk] = []
        taken: dict[str, int] = {}
        for unit in self.units:
            count = taken.get(unit.slot, 0)
            if not chunks or count == units_max:
                chunks.append(Chunk(self, []))
                taken, count = {}, 0
            chunks[-1].units.append(unit)
            taken[unit.slot] = count + 1
        for chunk in chunks[:1]:
            chunk.attempts = self.attempts()
        return chunks

    def attempts(self) -> dict[str, tuple[str, ...]]:
        """Return, by slot, the names under which this delivery's attempt is counted.

        They are the ids of the first event of each partition: a redelivery begins with the same
        events again, whatever else its batch holds. In a crash loop each event is counted alone
        too. Example: `{"{qa:main}": ("event-7", "event-9")}`.
        """
        first_of_each = {one.unit.record.place: one for one in reversed(self.units)}
        names = [(one.slot, one.unit.id) for one in first_of_each.values()]
        names += [(one.slot, one.unit.id + ALONE) for one in self.units if self.crash_loop]
        by_slot: dict[str, tuple[str, ...]] = {}
        for slot, name in names:
            by_slot[slot] = (*by_slot.get(slot, ()), name)
        return by_slot

    def remember_epochs(self, epochs: Mapping[str, str]) -> None:
        """Remember each slot's epoch. Raises EpochGone if it changed during the batch: what was
        committed under the old one is lost and must not be settled.
        """
        for slot, epoch in epochs.items():
            if self.epochs.setdefault(slot, epoch) != epoch:
                raise EpochGone(slot)

    def settlements(self) -> dict[str, Settlement]:
        """Return, by slot, what to settle once everything is published: the outcomes that are
        published, the attempts to take back, and how far each partition's marker moves.
        """
        attempts = self.attempts()
        published: dict[str, list[str]] = {one.slot: [] for one in self.units}
        last: dict[str, dict[TopicPartition, int]] = {slot: {} for slot in published}
        for one in self.units:
            if one.outcome_kept:
                published[one.slot].append(one.unit.id)
            record = one.unit.record
            _raise_to(last[one.slot], record.place, record.offset)
        for slot, ack in self.acks:
            _raise_to(last[slot], *ack)
        return {
            slot: Settlement(
                self.epochs[slot],
                tuple(ids),
                attempts.get(slot, ()),
                {partition.marker: offset + 1 for partition, offset in last[slot].items()},
            )
            for slot, ids in published.items()
        }


def _raise_to(last: dict[TopicPartition, int], partition: TopicPartition, offset: int) -> None:
    if offset >= last.get(partition, 0):
        last[partition] = offset


@dataclass(slots=True)
class Chunk:
    """The units of a batch that are loaded, decided and committed together.

    attempts: by slot, the names under which the chunk's first load counts an attempt.
    confirmed_at: the monotonic time just before its last load; nothing is published too long
        after it.
    """

    batch: Batch
    units: list[UnitInFlight]
    attempts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    confirmed_at: float = 0.0

    def unpublished(self) -> list[UnitInFlight]:
        """Return the units that still have a step to take."""
        return [one for one in self.units if not one.published]

    def at_step(self, *steps: Step) -> list[UnitInFlight]:
        """Return the units that are at one of these steps."""
        return [one for one in self.units if one.step in steps]

    def start_over(self) -> None:
        """Load and decide again whatever is not published.

        A unit that was committed is recalled from Redis then, not decided twice.
        """
        for one in self.unpublished():
            one.start_over()
