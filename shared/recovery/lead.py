"""Leading a catch-up: the lease on the slots to open, and the calls that need it."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.contracts.errors import TransientError
from shared.pattern.dependencies import Dependencies
from shared.state import version
from shared.state.changes import Change, Read
from shared.state.store import Loaded


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds that a catch-up waits.

    `quiet` is how long a record decided in the old epoch can still be published: the publish bound
    and the ack timeout together. The group's session timeout must be shorter. `lease` is how long
    a lease lasts unless it is renewed, and `again` the pause before the next try.
    """

    quiet: float = 20.0
    lease: float = 10.0
    again: float = 1.0


class LeaseLost(TransientError):
    """Another process leads now, or Redis has lost its memory once more."""


@dataclass(slots=True)
class Lead:
    """One try to lead: its token, the slots to open (`gone`), and those whose lease it holds."""

    dependencies: Dependencies
    waits: Waits
    token: str
    gone: list[str]
    taken: set[str] = field(default_factory=set)
    renewed_at: float = 0.0

    async def take(self, slots: Sequence[str]) -> None:
        """Take or renew the lease of these slots.

        Raises LeaseLost where another process holds one, SettingError where a slot holds state of
        another version.
        """
        seconds, new = self.waits.lease, set(slots) - self.taken
        # In one order in every process: in different orders, two could keep a part each.
        for slot in sorted(set(slots)):
            again = slot in self.taken
            if not await self.dependencies.store.lead(
                slot, self.token, seconds=seconds, again=again
            ):
                raise LeaseLost(f"another process catches {slot} up")
            self.taken.add(slot)
        self.renewed_at = self.dependencies.clock.monotonic()
        for slot in sorted(new):
            await self._claim(slot)

    async def _claim(self, slot: str) -> None:
        """Write this build's state version beside an empty slot, and refuse another version."""
        card = self.dependencies.service.card
        await self.fold(slot, [version.claim(card, slot)])
        version.check_loaded(card, slot, await self.peek(slot, [version.read(slot)]))

    async def alive(self) -> None:
        """Renew the leases once a third of their time has gone."""
        if self.dependencies.clock.monotonic() - self.renewed_at > self.waits.lease / 3:
            await self.take(sorted(self.taken))

    async def wait(self, seconds: float) -> None:
        """Wait this long while the leases are kept alive."""
        until = self.dependencies.clock.monotonic() + seconds
        while (left := until - self.dependencies.clock.monotonic()) > 0:
            await self.dependencies.clock.sleep(min(left, self.waits.lease / 4))
            await self.alive()

    async def fold(self, slot: str, changes: Sequence[Change]) -> None:
        """Make changes in a slot; raises LeaseLost unless this process leads it."""
        await self.alive()
        if changes and not await self.dependencies.store.fold(slot, self.token, changes):
            raise LeaseLost(f"the lease to catch {slot} up is lost")

    async def peek(self, slot: str, reads: Sequence[Read]) -> Loaded:
        """Read in a slot; raises LeaseLost unless this process leads it."""
        await self.alive()
        loaded = await self.dependencies.store.peek(slot, self.token, reads)
        if loaded is None:
            raise LeaseLost(f"the lease to catch {slot} up is lost")
        return loaded

    async def release(self) -> None:
        """Give back the leases of slots that were taken and not opened.

        Kept, they would hinder every process from opening a slot until they end. They end by
        themselves where Redis is away.
        """
        with contextlib.suppress(TransientError):
            for slot in sorted(self.taken):
                # A lease of no length is one that has ended.
                await self.dependencies.store.lead(slot, self.token, seconds=0)
                self.taken.discard(slot)

    async def open(self, slot: str) -> None:
        """Open the slot's epoch, which ends its lease; raises LeaseLost where that was lost."""
        epoch = version.epoch(self.dependencies.service.card, self.token)
        if not await self.dependencies.store.open(slot, self.token, epoch):
            raise LeaseLost(f"the lease to catch {slot} up is lost")
        self.taken.discard(slot)
