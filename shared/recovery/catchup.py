"""Catching up: lead, wait, fold the journal, derive the indexes, open the epoch.

A slot is the keys of one pool, such as `{router:main}`. After Redis lost data or memory it has no
open epoch, and nothing can be committed to it. One process then takes the lease on it, folds from
Kafka what Redis may lack, and opens a new epoch.
"""

from collections.abc import Callable, Sequence

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
    """Opens a service's slots when they are closed. Of all processes one at a time leads."""

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
        """The slots this process has seen open, without the root slot."""
        return frozenset(self._known - {self.service.root})

    def met(self, slot: str) -> bool:
        """Whether this process has seen the slot open before."""
        return slot in self._known

    async def whole(self, hint: str | None = None) -> bool:
        """Return once every slot has an open epoch, after leading the catch-up if nobody else does.

        Returns whether a slot had to be opened: the caller must then seek back to the committed
        offsets, since what it has read was decided on state that is lost. `hint` is a slot that a
        batch found closed. Raises SettingError where a slot holds state of another version.

        Example: a batch brings the first task of pool `photos`; `whole("{router:photos}")` opens
        that slot and returns True.
        """
        opened, cause = False, ""
        while True:
            try:
                gone = await self._gone(hint)
                if not gone:
                    self.metrics.is_whole = True
                    return opened
                self.metrics.is_whole = False
                opened = True
                await self._lead_alone(gone, new=hint)
            except (TransientError, EpochGone) as failure:
                # Each cause is logged once, however long it lasts.
                if str(failure) != cause:
                    cause = str(failure)
                    say = log.info if isinstance(failure, LeaseLost) else log.warning
                    say("catch-up waits", cause=cause)
                await self.clock.sleep(self.clock.jitter(self.waits.again))

    async def _gone(self, hint: str | None) -> list[str]:
        slots = {self.service.root} | self.service.slots | self._known | await self._registered()
        slots |= {hint} if hint else set()
        opened = await self.store.epochs(sorted(slots))
        version.check_epochs(self.service.card, opened)
        gone = [slot for slot in sorted(slots) if slot not in opened]
        self._known = slots - set(gone)
        return gone

    async def _registered(self) -> set[str]:
        root = self.service.root
        if await self.store.epoch(root) is None:
            return set(await self.store.slots(root))
        loaded = await self.store.load({root: Request(reads=(set_of(self._register),))})
        return set(loaded[root].data[self._register][1])

    async def _lead_alone(self, gone: Sequence[str], *, new: str | None) -> None:
        """Lead, unless another task of this process leads already.

        A failed try keeps its token for the next one: with a new token the leases that it left
        behind would keep that one out until they end.
        """
        if self._leading:
            raise LeaseLost("this process catches up already")
        self._leading = True
        try:
            await self._lead(gone, new=new)
            self._token = self._new_token()
        finally:
            self._leading = False

    async def _lead(self, gone: Sequence[str], *, new: str | None) -> None:
        lead = Lead(self._dependencies, self.waits, self._token, list(gone))
        try:
            await self._open(lead, gone, new=new)
        except (TransientError, EpochGone, SettingError):
            await lead.release()
            raise
        await lead.release()
        self._known |= set(lead.gone)

    async def _open(self, lead: "Lead", gone: Sequence[str], *, new: str | None) -> None:
        root = self.service.root
        if new is not None and gone == [new] and new not in await self._registered():
            # The root slot is open, so its register names every slot that was ever used. This one
            # is not in it: it is empty, and has nothing to fold. It is registered before it opens,
            # or a later catch-up would not know of it.
            await lead.take([root])
            await lead.fold(root, [write_only(add(self._register, new))])
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

    async def _fold_all(self, lead: "Lead") -> None:
        started = self.clock.monotonic()
        log.info("catching up", slots=len(lead.gone))
        # Records decided in the old epoch may still be on their way to the journal. Read sooner,
        # the journal would lack them, and so would the state that is made from it.
        await lead.wait(self.waits.quiet)
        events = await Refold(lead, self.log).run()
        for slot in list(lead.gone):
            # After the fold: indexes are derived from the folded state.
            if self.service.derive and slot != self.service.root:
                await self.service.derive(slot, lead.peek, lead.fold)
        self.metrics.epochs.inc()
        self.metrics.caught_up.inc(events)
        took = round(self.clock.monotonic() - started, 3)
        log.info("caught up", slots=len(lead.gone), events=events, seconds=took)


__all__ = ["CatchUp", "Waits"]
