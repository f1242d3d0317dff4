"""Makes a service's state in Redis usable again after Redis lost data, by reading Kafka again.

A slot is the set of Redis keys under one hash tag, such as `{router:main}`. A slot is open if it
has a current epoch (a name for the time since its state was last rebuilt); only then can anything
be committed to it. A restart or failover of Redis closes all slots, since Redis may have gone back
in time. One process then takes a lease on the closed slots, waits until records decided before the
loss can no longer arrive, applies from Kafka the events that Redis may lack, rebuilds the indexes,
and opens each slot with a new epoch.

Example: Redis restarts; `await catch_up.whole()` returns True once all slots are open again.
"""

from collections.abc import Callable, Collection, Sequence

import structlog

from shared.contracts.errors import EpochGone, SettingError, TransientError
from shared.pattern.dependencies import Dependencies
from shared.recovery.journal_log import LogReader
from shared.recovery.lead import Lead, LeaseLost, Waits
from shared.recovery.refold import Refold
from shared.state import version
from shared.state.changes import add, set_of
from shared.state.store import Request, write_only

log = structlog.get_logger()


class CatchUp:
    """Opens the closed slots of one service, by rebuilding their state from Kafka.

    A slot is the set of Redis keys under one hash tag; it is closed (nothing can be committed to
    it) from a loss of data in Redis until it is rebuilt. All processes of the service have such an
    object; leases in Redis let one of them rebuild at a time, while the others wait. `token`
    returns a new random text, which names the lease and the next epoch. Example:
    `await CatchUp(dependencies, log_reader, token).whole()`.
    """

    def __init__(
        self,
        dependencies: Dependencies,
        log_reader: LogReader,
        token: Callable[[], str],
        waits: Waits | None = None,
    ) -> None:
        self._dependencies = dependencies
        self.service = dependencies.service
        self.store = dependencies.store
        self.log = log_reader
        self.clock = dependencies.clock
        self.metrics = dependencies.metrics
        self.waits = waits or Waits()
        self._new_token = token
        self._token = token()
        self._leading = False
        self._register = f"{self.service.root}:slots"
        self._known: set[str] = set()

    @property
    def slots(self) -> frozenset[str]:
        """The slots that were open when this process last looked, without the service's root slot.

        A slot is the set of Redis keys under one hash tag, and it is open if commits to it are
        possible. The root slot holds the keys that belong to no pool of workers. Example:
        `{"{router:main}"}`.
        """
        return frozenset(self._known - {self.service.root})

    def met(self, slot: str) -> bool:
        """Return whether `slot` was open (ready for commits) when this process last looked.

        A slot is the set of Redis keys under one hash tag. Example: `met("{router:main}")`.
        """
        return slot in self._known

    async def whole(self, hints: Collection[str] = ()) -> bool:
        """Wait until all slots are open; rebuild closed ones unless another process does so.

        A slot is the set of Redis keys under one hash tag; it is open if changes can be committed
        to it, and closed before its first use and after Redis lost data. `hints` names the slots
        that a batch needs: those used for the first time are opened together. Returns True if a
        slot had to be opened: the caller must then read again from the committed offsets, because
        what it decided since may rest on lost state.
        Returns False if all were open. Retries without limit while Kafka or Redis is away. Raises
        SettingError if a slot holds state of another version than this build writes.

        Example: a batch brings the first task of pool `photos`; `whole({"{router:photos}"})` opens
        that slot and returns True.
        """
        opened, cause = False, ""
        while True:
            try:
                gone = await self._gone(hints)
                if not gone:
                    self.metrics.is_whole = True
                    return opened
                self.metrics.is_whole = False
                opened = True
                await self._lead_alone(gone, new=frozenset(hints))
            except (TransientError, EpochGone) as failure:
                # Each cause is logged once, however long it lasts.
                if str(failure) != cause:
                    cause = str(failure)
                    say = log.info if isinstance(failure, LeaseLost) else log.warning
                    say("catch-up waits", cause=cause)
                await self.clock.sleep(self.clock.jitter(self.waits.again))

    async def _gone(self, hints: Collection[str]) -> list[str]:
        """Return the slots that are closed (not ready for commits), and remember which are open.

        A slot is the set of Redis keys under one hash tag. Looks at the root slot (the keys of the
        service that belong to no pool), the slots that the service names, those that were open
        before, those in the register in Redis, and `hints`. Raises SettingError if a slot was
        opened by a build with another state version. Example: `["{router:main}"]` after a failover
        of its server.
        """
        slots = {self.service.root} | self.service.slots | self._known | await self._registered()
        slots |= set(hints)
        opened = await self.store.epochs(sorted(slots))
        version.check_epochs(self.service.card, opened)
        gone = [slot for slot in sorted(slots) if slot not in opened]
        self._known = slots - set(gone)
        return gone

    async def _registered(self) -> set[str]:
        """Load the names of all slots that the service ever used, from a set in Redis.

        A slot is the set of Redis keys under one hash tag. The set with the names may be incomplete
        if its own slot, the root slot, has lost data. The names then come from the epoch keys (each
        slot that was ever open has one) that Redis still holds.
        Example: `{"{router:main}", "{router:photos}"}`.
        """
        root = self.service.root
        if await self.store.epoch(root) is None:
            return set(await self.store.slots(root))
        loaded = await self.store.load({root: Request(reads=(set_of(self._register),))})
        return set(loaded[root].data[self._register][1])

    async def _lead_alone(self, gone: Sequence[str], *, new: frozenset[str]) -> None:
        """Rebuild and open the slots `gone`, unless another task of this process is doing so.

        A slot is the set of Redis keys under one hash tag. Raises LeaseLost if another task is
        doing so. `new` are the slots that the caller needs, if any. A failed try keeps its
        lease token for the next one: with a new token, its own leases would block the next try
        until they expire. Example: two batches meet a closed slot; the second one raises LeaseLost
        and tries again later.
        """
        if self._leading:
            raise LeaseLost("this process catches up already")
        self._leading = True
        try:
            await self._lead(gone, new=new)
            self._token = self._new_token()
        finally:
            self._leading = False

    async def _lead(self, gone: Sequence[str], *, new: frozenset[str]) -> None:
        """Take the leases on the slots in `gone`, rebuild their state, and open them for commits.

        A slot is the set of Redis keys under one hash tag; a lease lets one process alone rebuild
        it. `new` are the slots that the caller needs, if any. All leases are ended afterwards,
        also on failure. Raises LeaseLost if another process holds one.
        """
        lead = Lead(self._dependencies, self.waits, self._token, list(gone))
        try:
            await self._open(lead, gone, new=new)
        except (TransientError, EpochGone, SettingError):
            await lead.release()
            raise
        await lead.release()
        self._known |= set(lead.gone)

    async def _open(self, lead: "Lead", gone: Sequence[str], *, new: frozenset[str]) -> None:
        """Take the leases of the slots `gone`, rebuild their state where needed, and open each.

        A slot is the set of Redis keys under one hash tag; open means ready for commits. Slots that
        are new (all closed ones are in `new`, and the register of slots names none of them) have no
        state to rebuild: their names are added to the register and they are opened. LeaseLost if
        another process rebuilds, or has just rebuilt, one of the slots. Example: after a failover
        of Redis, all slots are rebuilt and opened, the root slot last.
        """
        root = self.service.root
        if root not in gone and new.issuperset(gone) and await self._unused(gone):
            # The root slot is open, so its register names every slot that was ever used. These are
            # not in it: they are empty, with nothing to fold. They are registered before they open,
            # or a later catch-up would not know of them.
            await lead.take([root])
            await lead.fold(root, [write_only(add(self._register, *gone))])
        else:
            await lead.take([*gone, root])
            for slot in gone:
                if await self.store.epoch(slot) is not None:
                    raise LeaseLost(f"another process has caught {slot} up meanwhile")
            await self._fold_all(lead)
            # The register before any epoch opens: an open slot that it does not name would be left
            # out by the next catch-up.
            await lead.fold(root, [write_only(add(self._register, *lead.gone))])
        await lead.take([*lead.gone])
        # The root slot last: after a death in between it is still closed, and the next process to
        # lead starts over with every slot.
        for slot in sorted(lead.gone, key=lambda slot: slot == root):
            await lead.open(slot)

    async def _unused(self, slots: Sequence[str]) -> bool:
        """Return whether the register names none of these slots (Redis keys under one hash tag)."""
        return (await self._registered()).isdisjoint(slots)

    async def _fold_all(self, lead: "Lead") -> None:
        """Rebuild the state of the slots (sets of Redis keys under one hash tag) in `lead.gone`.

        This process holds the leases on them. It waits `waits.quiet` seconds, until no process can
        still publish what it decided on the lost state, applies the events from Kafka that the
        state may lack, and rebuilds the indexes from it.
        """
        started = self.clock.monotonic()
        log.info("catching up", slots=len(lead.gone))
        # Records decided in the old epoch may still be on their way to the journal. Read sooner,
        # the journal would lack them, and so would the state that is made from it.
        await lead.wait(self.waits.quiet)
        events = await Refold(lead, self.log, self._known).run()
        for slot in list(lead.gone):
            # After the fold: indexes are derived from the folded state.
            if self.service.derive and slot != self.service.root:
                await self.service.derive(slot, lead.peek, lead.fold)
        self.metrics.epochs.inc()
        self.metrics.caught_up.inc(events)
        took = round(self.clock.monotonic() - started, 3)
        log.info("caught up", slots=len(lead.gone), events=events, seconds=took)


__all__ = ["CatchUp", "Waits"]
