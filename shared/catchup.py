"""Making state whole again: lead, wait, fold the journal, derive indexes, open the epoch."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from shared import envelope
from shared.changes import Change, Read, add, hash_of, set_of
from shared.errors import EpochGone, Refused, TransientError
from shared.log import LogReader
from shared.means import Means
from shared.record import Place, Record
from shared.store import Loaded, Request, write_only
from shared.topics import Topic

log = structlog.get_logger()

MARGIN_SECONDS = 600.0
"""How long before its markers the own journal is read again: more than any clock is wrong."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds. `quiet` is how long something decided in the old epoch can still be published:
    publish bound and ack timeout together; the group's session timeout must be shorter.
    """

    quiet: float = 20.0
    lease: float = 10.0
    again: float = 1.0


class _LeaseLost(TransientError):
    """Another process leads now, or the server's memory is gone once more."""


class CatchUp:
    """Keeps a service's slots whole. One object per process; one process at a time leads."""

    def __init__(
        self,
        means: Means,
        log_reader: LogReader,
        token: Callable[[], str],
        waits: Waits | None = None,
    ) -> None:
        self.service = means.service
        self.store = means.store
        self.log = log_reader
        self.clock = means.clock
        self.metrics = means.metrics
        self.waits = waits or Waits()
        self._new_token = token
        self._token = token()
        self._leading = False
        self._register = f"{self.service.root}:slots"
        self._known: set[str] = set()

    @property
    def slots(self) -> frozenset[str]:
        """The slots seen open, without the root."""
        return frozenset(self._known - {self.service.root})

    async def whole(self, hint: str | None = None) -> bool:
        """Return once every slot's epoch is open, leading the catch-up if nobody else does.

        `hint` is a slot that was met and found closed. True: something had to be opened, so what
        was read before must be read again from the committed offsets.
        """
        opened = False
        while True:
            try:
                gone = await self._gone(hint)
                if not gone:
                    self.metrics.epoch_open.set(1)
                    return opened
                self.metrics.epoch_open.set(0)
                opened = True
                await self._lead_alone(gone, new=hint)
            except (TransientError, EpochGone) as failure:
                log.warning("catch-up waits", cause=str(failure))
                await self.clock.sleep(self.clock.jitter(self.waits.again))

    async def _gone(self, hint: str | None) -> list[str]:
        slots = {self.service.root} | self.service.slots | self._known | await self._registered()
        slots |= {hint} if hint else set()
        gone = [slot for slot in sorted(slots) if await self.store.epoch(slot) is None]
        self._known = slots - set(gone)
        return gone

    async def _registered(self) -> set[str]:
        root = self.service.root
        if await self.store.epoch(root) is None:
            return set(await self.store.slots(root))
        loaded = await self.store.load({root: Request(reads=(set_of(self._register),))})
        return set(loaded[root].data[self._register][1])

    async def _lead_alone(self, gone: Sequence[str], *, new: str | None) -> None:
        """One task of this process leads at a time; its token stays until it has opened something,
        or the leases of a failed try would keep out the next one.
        """
        if self._leading:
            raise _LeaseLost("this process catches up already")
        self._leading = True
        try:
            await self._lead(gone, new=new)
            self._token = self._new_token()
        finally:
            self._leading = False

    async def _lead(self, gone: Sequence[str], *, new: str | None) -> None:
        lead = Lead(self, self._token, list(gone))
        try:
            await self._open(lead, gone, new=new)
        except (TransientError, EpochGone):
            await lead.release()
            raise
        await lead.release()
        self._known |= set(lead.gone)

    async def _open(self, lead: "Lead", gone: Sequence[str], *, new: str | None) -> None:
        root = self.service.root
        if new is not None and gone == [new] and new not in await self._registered():
            # A whole register names every slot that was ever used: this one is whole, being empty.
            await lead.take([root])
            await lead.fold(root, [write_only(add(self._register, new))])
        else:
            await lead.take([*gone, root])
            for slot in gone:
                if await self.store.epoch(slot) is not None:
                    raise _LeaseLost(f"another process has caught {slot} up meanwhile")
            await self._fold_all(lead)
            await lead.fold(root, [write_only(add(self._register, *lead.gone))])
        await lead.take([*lead.gone])
        for slot in sorted(lead.gone, key=lambda slot: slot == root):
            await lead.open(slot)

    async def _fold_all(self, lead: "Lead") -> None:
        started = self.clock.monotonic()
        log.info("catching up", slots=len(lead.gone))
        await lead.wait(self.waits.quiet)
        events = await Refold(self, lead).run()
        for slot in list(lead.gone):
            if self.service.derive and slot != self.service.root:
                await self.service.derive(slot, lead.peek, lead.fold)
        self.metrics.epochs.inc()
        self.metrics.caught_up.inc(events)
        took = round(self.clock.monotonic() - started, 3)
        log.info("caught up", slots=len(lead.gone), events=events, seconds=took)


@dataclass(slots=True)
class Lead:
    """One leading: its token, the slots it makes whole, and the lease it keeps alive."""

    catch_up: CatchUp
    token: str
    gone: list[str]
    taken: set[str] = field(default_factory=set)
    renewed_at: float = 0.0

    async def take(self, slots: Sequence[str]) -> None:
        """Hold the lease of these slots; raises TransientError where another process does."""
        seconds = self.catch_up.waits.lease
        for slot in sorted(set(slots)):
            if not await self.catch_up.store.lead(slot, self.token, seconds=seconds):
                raise _LeaseLost(f"another process catches {slot} up")
            self.taken.add(slot)
        self.renewed_at = self.catch_up.clock.monotonic()

    async def alive(self) -> None:
        """Renew the leases when a third of their time has gone."""
        if self.catch_up.clock.monotonic() - self.renewed_at > self.catch_up.waits.lease / 3:
            await self.take(sorted(self.taken))

    async def wait(self, seconds: float) -> None:
        """Let this time pass without losing the lease."""
        until = self.catch_up.clock.monotonic() + seconds
        while (left := until - self.catch_up.clock.monotonic()) > 0:
            await self.catch_up.clock.sleep(min(left, self.catch_up.waits.lease / 4))
            await self.alive()

    async def fold(self, slot: str, changes: Sequence[Change]) -> None:
        """Make changes in a slot this process leads."""
        await self.alive()
        if changes and not await self.catch_up.store.fold(slot, self.token, changes):
            raise _LeaseLost(f"the lease to catch {slot} up is lost")

    async def peek(self, slot: str, reads: Sequence[Read]) -> Loaded:
        """Read in a slot this process leads."""
        await self.alive()
        found = await self.catch_up.store.peek(slot, self.token, reads)
        if found is None:
            raise _LeaseLost(f"the lease to catch {slot} up is lost")
        return found

    async def release(self) -> None:
        """Let go of what was taken and not opened, or nobody could open another slot for a while.

        Where that cannot be said the leases end by themselves.
        """
        with contextlib.suppress(TransientError):
            for slot in sorted(self.taken):
                await self.catch_up.store.lead(slot, self.token, seconds=0)
                self.taken.discard(slot)

    async def open(self, slot: str) -> None:
        """Open the slot's epoch under a new name; the token is one, being used once."""
        if not await self.catch_up.store.open(slot, self.token, self.token):
            raise _LeaseLost(f"the lease to catch {slot} up is lost")
        self.taken.discard(slot)


class Refold:
    """Folds the own journal and the inputs that state folds, over the slots a lead holds."""

    def __init__(self, catch_up: CatchUp, lead: Lead) -> None:
        self._catch_up = catch_up
        self._service = catch_up.service
        self._log = catch_up.log
        self._lead = lead
        self._events = 0

    async def run(self) -> int:
        """Fold everything there is; returns how many events were folded."""
        markers = await self._markers()
        journal = self._service.card.journal
        for place, end in (await self._log.ends(journal)).items():
            start = _start(markers, place)
            start = await self._log.before(place, start, seconds=MARGIN_SECONDS) if start else 0
            await self._place(journal, place, start, end)
        for topic in self._service.card.also_folds:
            for place, end in (await self._log.committed(topic)).items():
                await self._place(topic, place, _start(markers, place), end)
        return self._events

    async def _markers(self) -> list[dict[str, str]]:
        found = []
        for slot in self._lead.gone:
            key = f"{slot}:markers"
            value = (await self._lead.peek(slot, [hash_of(key)])).data[key][1]
            found.append(
                {name: str(at) for name, at in value.items()} if isinstance(value, dict) else {}
            )
        return found

    async def _place(self, topic: Topic, place: Place, start: int, end: int) -> None:
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
            by_slot.setdefault(slot, []).extend(self._service.folds(event, record.order))
            self._events += 1
        for slot, changes in by_slot.items():
            if await self._leads(slot):
                await self._lead.fold(slot, changes)

    async def _leads(self, slot: str) -> bool:
        """Whether the slot is one to make whole; one the lost register named is found here."""
        if slot in self._lead.gone:
            return True
        if self._service.root not in self._lead.gone:
            return False
        if await self._catch_up.store.epoch(slot) is not None:
            return False
        await self._lead.take([slot])
        self._lead.gone.append(slot)
        return True


def _start(markers: Sequence[dict[str, str]], place: Place) -> int:
    """The lowest of the slots' markers; 0 where a slot has none."""
    name = f"{place.topic}:{place.partition}"
    return min((int(found.get(name, 0)) for found in markers), default=0)
