"""Holds the leases in Redis under which one process rebuilds lost state, and writes under them."""

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
    """How many seconds the rebuilding of lost state waits at its three waiting points.

    `quiet` is how long a record that was decided before the loss may still be published: the limits
    for sending and for the acknowledgement together. The consumer group's session timeout must be
    shorter. `lease` is how long a lease lasts unless it is renewed. `again` is the pause before the
    next try. Example: `Waits(quiet=20.0, lease=10.0, again=1.0)`.
    """

    quiet: float = 20.0
    lease: float = 10.0
    again: float = 1.0


class LeaseLost(TransientError):
    """Another process rebuilds the state now, or Redis lost its memory again; a retry may help."""


@dataclass(slots=True)
class Lead:
    """One try of this process to rebuild the slots of a service that lost their state.

    A slot is the set of Redis keys under one hash tag, such as `{router:main}`. `gone` are the
    slots to rebuild, `taken` those whose lease this process holds. `token` names this process in
    the leases, `renewed_at` is the monotonic time of their last renewal. Example: take the leases,
    write with `fold`, then make each slot usable with `open`.
    """

    dependencies: Dependencies
    waits: Waits
    token: str
    gone: list[str]
    taken: set[str] = field(default_factory=set)
    renewed_at: float = 0.0

    async def take(self, slots: Sequence[str]) -> None:
        """Take the lease of each of these slots, or renew it if this process holds it already.

        A slot is the set of Redis keys under one hash tag. A slot that is taken for the first time
        and is empty gets this build's state version. Raises LeaseLost if another process holds a
        lease, SettingError if a slot holds state of another version. Example:
        `await lead.take(["{qa:main}"])`.
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
        """Write this build's state version into an empty slot; SettingError if another is there."""
        card = self.dependencies.service.card
        await self.fold(slot, [version.claim(card, slot)])
        version.check_loaded(card, slot, await self.peek(slot, [version.read(slot)]))

    async def alive(self) -> None:
        """Renew all leases of this process if a third of their lifetime has passed.

        Raises LeaseLost if one of them was lost. Example: with a lease of 10 seconds, a call 4
        seconds after the last renewal renews them.
        """
        if self.dependencies.clock.monotonic() - self.renewed_at > self.waits.lease / 3:
            await self.take(sorted(self.taken))

    async def wait(self, seconds: float) -> None:
        """Sleep for `seconds`, renewing the leases as needed; raises LeaseLost if one was lost."""
        until = self.dependencies.clock.monotonic() + seconds
        while (left := until - self.dependencies.clock.monotonic()) > 0:
            await self.dependencies.clock.sleep(min(left, self.waits.lease / 4))
            await self.alive()

    async def fold(self, slot: str, changes: Sequence[Change]) -> None:
        """Write changes to the state of a slot that is being rebuilt.

        A slot is the set of Redis keys under one hash tag. Raises LeaseLost unless this process
        holds the slot's lease. The leases are renewed first if needed. Changes whose conditions do
        not hold are skipped. Example: `await lead.fold("{qa:main}", changes)`.
        """
        await self.alive()
        if changes and not await self.dependencies.store.fold(slot, self.token, changes):
            raise LeaseLost(f"the lease to catch {slot} up is lost")

    async def peek(self, slot: str, reads: Sequence[Read]) -> Loaded:
        """Load keys of a slot that is being rebuilt, and return the store's answer.

        A slot is the set of Redis keys under one hash tag. Raises LeaseLost unless this process
        holds the slot's lease. Example:
        `await lead.peek("{qa:main}", [hash_of("{qa:main}:markers")])`.
        """
        await self.alive()
        loaded = await self.dependencies.store.peek(slot, self.token, reads)
        if loaded is None:
            raise LeaseLost(f"the lease to catch {slot} up is lost")
        return loaded

    async def release(self) -> None:
        """End the leases of slots that were taken and not opened, so that other processes may try.

        A slot is the set of Redis keys under one hash tag. Does nothing if Redis is away: the
        leases then expire by themselves. Example: after a failed try, `await lead.release()` lets
        another process begin at once instead of after 10 seconds.
        """
        with contextlib.suppress(TransientError):
            for slot in sorted(self.taken):
                # A lease of no length is one that has ended.
                await self.dependencies.store.lead(slot, self.token, seconds=0)
                self.taken.discard(slot)

    async def open(self, slot: str) -> None:
        """Make a rebuilt slot usable: give it a new epoch, so that events can be committed to it.

        A slot is the set of Redis keys under one hash tag. An epoch is a name for the time since
        the slot's state was last rebuilt. Opening ends the lease. Raises LeaseLost if the lease was
        lost before. Example: `{qa:main}` gets the epoch `1.6f9c`.
        """
        epoch = version.epoch(self.dependencies.service.card, self.token)
        if not await self.dependencies.store.open(slot, self.token, epoch):
            raise LeaseLost(f"the lease to catch {slot} up is lost")
        self.taken.discard(slot)
