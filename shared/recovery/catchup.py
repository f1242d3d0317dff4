"""Making state whole again: lead, wait, fold the journal, derive indexes, open the epoch."""

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
    """Keeps a service's slots whole. One object per process; one process at a time leads."""

    def __init__(
        self,
        means: Dependencies,
        log_reader: LogReader,
        token: Callable[[], str],
        waits: Waits | None = None,
    ) -> None:
        self._means = means
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

    def met(self, slot: str) -> bool:
        """Whether this process has seen the slot open before."""
        return slot in self._known

    async def whole(self, hint: str | None = None) -> bool:
        """Return once every slot's epoch is open, leading the catch-up if nobody else does.

        `hint` is a slot that was met and found closed. True: something had to be opened, so what
        was read before must be read again from the committed offsets. SettingError where a slot
        holds state in another form.
        """
        opened, waits = False, ""
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
                if str(failure) != waits:
                    waits = str(failure)
                    say = log.info if isinstance(failure, LeaseLost) else log.warning
                    say("catch-up waits", cause=waits)
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
        """One task of this process leads at a time; its token stays until it has opened something,
        or the leases of a failed try would keep out the next one.
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
        lead = Lead(self._means, self.waits, self._token, list(gone))
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
            # A whole register names every slot that was ever used: this one is whole, being empty.
            await lead.take([root])
            await lead.fold(root, [write_only(add(self._register, new))])
        else:
            await lead.take([*gone, root])
            for slot in gone:
                if await self.store.epoch(slot) is not None:
                    raise LeaseLost(f"another process has caught {slot} up meanwhile")
            await self._fold_all(lead)
            await lead.fold(root, [write_only(add(self._register, *lead.gone))])
        await lead.take([*lead.gone])
        for slot in sorted(lead.gone, key=lambda slot: slot == root):
            await lead.open(slot)

    async def _fold_all(self, lead: "Lead") -> None:
        started = self.clock.monotonic()
        log.info("catching up", slots=len(lead.gone))
        await lead.wait(self.waits.quiet)
        events = await Refold(lead, self.log).run()
        for slot in list(lead.gone):
            if self.service.derive and slot != self.service.root:
                await self.service.derive(slot, lead.peek, lead.fold)
        self.metrics.epochs.inc()
        self.metrics.caught_up.inc(events)
        took = round(self.clock.monotonic() - started, 3)
        log.info("caught up", slots=len(lead.gone), events=events, seconds=took)


__all__ = ["CatchUp", "Waits"]
