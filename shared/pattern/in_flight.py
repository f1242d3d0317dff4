"""The units of a batch on their way, and the decisions taken on them over one view a slot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from shared.contracts.errors import EpochGone, Reason, Refused, SentuhError
from shared.contracts.events.model import Event
from shared.contracts.record import Ack, Outgoing, Place, unpack
from shared.pattern.decide_chunk import Decided, decide_unit, refusal
from shared.pattern.dependencies import Means
from shared.pattern.read_records import bug
from shared.pattern.service import Unit
from shared.state.store import (
    Committed,
    Conflict,
    Entry,
    Loaded,
    Outcome,
    Replayed,
    Reply,
    Settlement,
)
from shared.state.view import View

ALONE = "!"
"""Attempts of a unit taken alone are counted apart from those in a batch: after crashes a batch is
taken one by one, and only what dies alone is given up."""


@dataclass(slots=True)
class Work:
    """One unit on its way. `entry` is what is to be committed, if anything; `kept`: an outcome is
    held in the store for it; `view`: what it was decided on; `again`: it must be loaded and decided
    again; `done`: what follows from it is published.
    """

    unit: Unit
    slot: str
    tries: int = 0
    entry: Entry | None = None
    records: tuple[Outgoing, ...] = ()
    events: Sequence[Event] = ()
    view: View | None = None
    refused: Refused | None = None
    kept: bool = False
    again: bool = False
    done: bool = False

    def clear(self) -> None:
        """Forget what an earlier pass made of it."""
        self.entry, self.records, self.events, self.view = None, (), (), None
        self.refused, self.kept, self.again = None, False, False


@dataclass(slots=True)
class Batch:
    """A batch on its way: what was published, and under which epochs, to be settled at its end.

    `letters` are the dead letters of what could not be read; `at` is the monotonic time of the
    store's last word. `crashed`: an earlier delivery of it ended this process or another too often.
    """

    works: list[Work]
    revoked: Callable[[], bool]
    letters: Sequence[Outgoing] = ()
    epochs: dict[str, str] = field(default_factory=dict)
    acks: list[tuple[str, Ack]] = field(default_factory=list)
    at: float = 0.0
    crashed: bool = False

    def parts(self, size: int) -> list["Part"]:
        """The works in their order, so many of a slot at a time; the first part counts the
        attempt.
        """
        found: list[Part] = []
        taken: dict[str, int] = {}
        for work in self.works:
            count = taken.get(work.slot, 0)
            if not found or count == size:
                found.append(Part(self, []))
                taken, count = {}, 0
            found[-1].works.append(work)
            taken[work.slot] = count + 1
        for part in found[:1]:
            part.counted = self.counted()
        return found

    def counted(self) -> dict[str, tuple[str, ...]]:
        """By slot, what the attempt is counted under: the first event of each partition. A batch
        that ended its process begins with them again, whatever else it holds then. Once it is
        known to, each event is counted alone too.
        """
        firsts = {work.unit.record.place: work for work in reversed(self.works)}
        names = [(work.slot, work.unit.id) for work in firsts.values()]
        names += [(work.slot, work.unit.id + ALONE) for work in self.works if self.crashed]
        by_slot: dict[str, tuple[str, ...]] = {}
        for slot, name in names:
            by_slot[slot] = (*by_slot.get(slot, ()), name)
        return by_slot

    def under(self, epochs: Mapping[str, str]) -> None:
        """Note the epochs something was loaded under. One batch is under one epoch: were it another
        meanwhile, what was committed before is lost, and must not be settled after.
        """
        for slot, epoch in epochs.items():
            if self.epochs.setdefault(slot, epoch) != epoch:
                raise EpochGone(slot)

    def settlements(self) -> dict[str, Settlement]:
        """What is to be settled of each slot once everything is published."""
        counted = self.counted()
        published: dict[str, list[str]] = {work.slot: [] for work in self.works}
        last: dict[str, dict[Place, int]] = {slot: {} for slot in published}
        for work in self.works:
            if work.kept:
                published[work.slot].append(work.unit.id)
            record = work.unit.record
            _raise(last[work.slot], record.place, record.offset)
        for slot, ack in self.acks:
            _raise(last[slot], *ack)
        return {
            slot: Settlement(
                self.epochs[slot], tuple(ids), counted.get(slot, ()), _markers(last[slot])
            )
            for slot, ids in published.items()
        }


def _raise(last: dict[Place, int], place: Place, offset: int) -> None:
    if offset >= last.get(place, 0):
        last[place] = offset


def _markers(last: Mapping[Place, int]) -> dict[str, int]:
    """By the partition's name, the offset after the last."""
    return {f"{place.topic}:{place.partition}": offset + 1 for place, offset in last.items()}


@dataclass(slots=True)
class Part:
    """Works of a batch that are loaded, decided and committed together.

    `counted` are the names, by slot, under which its first load counts an attempt; `at` is the
    monotonic time of the store's last word on it.
    """

    batch: Batch
    works: list[Work]
    counted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at: float = 0.0

    def waiting(self) -> list[Work]:
        """Those that are not done with."""
        return [work for work in self.works if not work.done]


class Deciding:
    """Takes the decisions of a pass, and what the commit replied to them."""

    def __init__(self, means: Means, *, tries_max: int, crashes_max: int) -> None:
        self._service = means.service
        self._clock = means.clock
        self._metrics = means.metrics
        self._tries_max = tries_max
        self._crashes_max = crashes_max

    def decide(self, works: Sequence[Work], loaded: Mapping[str, Loaded]) -> None:
        """Decide each work in order, on what was loaded and what the works before it will write."""
        views = {slot: View(found.data) for slot, found in loaded.items()}
        written: dict[str, set[str]] = {slot: set() for slot in loaded}
        for work in works:
            work.clear()
            found, name = loaded[work.slot], work.unit.id
            kept = found.outcomes.get(name)
            if kept is not None:
                self._recalled(work, kept)
            elif found.attempts.get(name + ALONE, 0) > self._crashes_max:
                detail = "this process died on it repeatedly: look at its logs, then replay it"
                self._give_up(work, Refused(Reason.CRASH_LOOP, detail))
            else:
                self._decide(work, views[work.slot], written[work.slot])

    def _decide(self, work: Work, view: View, written: set[str]) -> None:
        work.view = view
        try:
            decided = decide_unit(self._service, work.unit, view, self._clock.now())
        except SentuhError:
            raise
        except Exception as failure:  # noqa: BLE001 - a bug costs its record, not the batch
            meaning = bug(failure)
            work.tries += 1
            work.again = work.tries < self._tries_max
            if not work.again:
                self._give_up(work, meaning)
        else:
            self._decided(work, decided, written)

    def _give_up(self, work: Work, refused: Refused) -> None:
        decided = refusal(self._service, work.unit, refused)
        work.refused, work.entry = refused, None if decided.empty else decided.entry

    def _decided(self, work: Work, decided: Decided, written: set[str]) -> None:
        work.records, work.events, work.refused = decided.records, decided.events, decided.refused
        looked_at = {key for key, _ in decided.entry.reads}
        if not decided.empty or looked_at & written:
            # Also that nothing is to be done may rest on a work before it that will not be made.
            work.entry = decided.entry
        if decided.empty:
            self._metrics.outcome("unchanged")
        else:
            written |= looked_at
            written |= {found.aggregate for found in decided.entry.changes if found.aggregate}

    def _recalled(self, work: Work, kept: Outcome) -> None:
        """An earlier delivery was committed: publish what it made, unless that is settled."""
        work.records = ()
        if kept.digest != work.unit.digest:
            detail = "this id was used before with other content: send changed content as a new id"
            work.refused = Refused(Reason.ID_REUSE, detail)
            return
        self._metrics.outcome("replayed")
        work.kept = True
        work.records = () if kept.settled else unpack(kept.records)

    def replied(self, work: Work, reply: Reply) -> None:
        """Take what the commit replied to a work."""
        match reply:
            case Committed():
                self._committed(work)
            case Replayed(outcome):
                self._recalled(work, outcome)
            case Conflict():
                self._metrics.outcome("conflict")
                work.again = True

    def _committed(self, work: Work) -> None:
        work.kept = bool(work.entry and work.entry.records)
        if work.entry and work.entry.changes:
            self._metrics.outcome("committed")
        if self._service.observe and work.events and work.view is not None:
            self._service.observe(work.events, work.view)
