"""Leading a catch-up: the lease on the slots to be made whole, and what may be done under it."""

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
    """Seconds. `quiet` is how long something decided in the old epoch can still be published:
    publish bound and ack timeout together; the group's session timeout must be shorter.
    """

    quiet: float = 20.0
    lease: float = 10.0
    again: float = 1.0


class LeaseLost(TransientError):
    """Another process leads now, or the server's memory is gone once more."""


@dataclass(slots=True)
class Lead:
    """One leading: its token, the slots it makes whole, and the lease it keeps alive."""

    means: Dependencies
    waits: Waits
    token: str
    gone: list[str]
    taken: set[str] = field(default_factory=set)
    renewed_at: float = 0.0

    async def take(self, slots: Sequence[str]) -> None:
        """Hold the lease of these slots; raises TransientError where another process does, and
        SettingError where what stands there is in another form than this version's.
        """
        seconds, new = self.waits.lease, set(slots) - self.taken
        for slot in sorted(set(slots)):
            again = slot in self.taken
            if not await self.means.store.lead(slot, self.token, seconds=seconds, again=again):
                raise LeaseLost(f"another process catches {slot} up")
            self.taken.add(slot)
        self.renewed_at = self.means.clock.monotonic()
        for slot in sorted(new):
            await self._claim(slot)

    async def _claim(self, slot: str) -> None:
        """What is folded and opened here is in our form, and so is what it is folded on."""
        card = self.means.service.card
        await self.fold(slot, [version.claim(card, slot)])
        version.check_loaded(card, slot, await self.peek(slot, [version.read(slot)]))

    async def alive(self) -> None:
        """Renew the leases when a third of their time has gone."""
        if self.means.clock.monotonic() - self.renewed_at > self.waits.lease / 3:
            await self.take(sorted(self.taken))

    async def wait(self, seconds: float) -> None:
        """Let this time pass without losing the lease."""
        until = self.means.clock.monotonic() + seconds
        while (left := until - self.means.clock.monotonic()) > 0:
            await self.means.clock.sleep(min(left, self.waits.lease / 4))
            await self.alive()

    async def fold(self, slot: str, changes: Sequence[Change]) -> None:
        """Make changes in a slot this process leads."""
        await self.alive()
        if changes and not await self.means.store.fold(slot, self.token, changes):
            raise LeaseLost(f"the lease to catch {slot} up is lost")

    async def peek(self, slot: str, reads: Sequence[Read]) -> Loaded:
        """Read in a slot this process leads."""
        await self.alive()
        found = await self.means.store.peek(slot, self.token, reads)
        if found is None:
            raise LeaseLost(f"the lease to catch {slot} up is lost")
        return found

    async def release(self) -> None:
        """Let go of what was taken and not opened, or nobody could open another slot for a while.

        Where that cannot be said the leases end by themselves.
        """
        with contextlib.suppress(TransientError):
            for slot in sorted(self.taken):
                await self.means.store.lead(slot, self.token, seconds=0)
                self.taken.discard(slot)

    async def open(self, slot: str) -> None:
        """Open the slot's epoch under a new name: the token is used once."""
        epoch = version.epoch(self.means.service.card, self.token)
        if not await self.means.store.open(slot, self.token, epoch):
            raise LeaseLost(f"the lease to catch {slot} up is lost")
        self.taken.discard(slot)
