"""A simulated Redis: data that can go back in time, memory that no restart survives."""

import pickle
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from shared.contracts.errors import EpochGone, TransientError
from shared.state.changes import Change, Read, merged
from shared.state.ranking import Ranking
from shared.state.store import CommitEntry, Loaded, Outcome, Reply, Request, Settlement
from shared.state.twin import Twin
from tests.support.world.kernel import Kernel, step

_A = TypeVar("_A")
_R = TypeVar("_R")


@dataclass
class Slot:
    """The data of one slot."""

    twin: Twin = field(default_factory=Twin)
    attempts: dict[str, int] = field(default_factory=dict)
    unsettled: dict[str, float] = field(default_factory=dict)
    epoch: str | None = None
    lease: str | None = None


class Server:
    """One Redis: data, and the memory of the function library."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.slots: dict[str, Slot] = {}
        self.open: dict[str, str] = {}
        self.leases: dict[str, tuple[str, float]] = {}
        self.away_until = 0.0
        self.lose_replies = 0.0
        self.epoch_checked = True
        self.copies_until = float("inf")
        self._copies: list[bytes] = [pickle.dumps({})]
        self._calls = 0

    def slot(self, name: str) -> Slot:
        """The data of a slot, made where there is none."""
        return self.slots.setdefault(name, Slot())

    def epoch_of(self, name: str) -> str | None:
        """The open epoch: in memory and beside the data alike."""
        found = self.open.get(name)
        if found is not None and self.slot(name).epoch == found:
            return found
        self.open.pop(name, None)
        return None

    def written(self) -> None:
        """Keep a copy of the data now and then, as long as it may be needed."""
        self._calls += 1
        if self._calls % 12 == 0 and self.kernel.time < self.copies_until:
            self._copies = [*self._copies[-4:], pickle.dumps(self.slots)]

    def roll_back(self) -> None:
        """Restart from an older copy of the data."""
        self.slots = pickle.loads(self.kernel.random.choice(self._copies))  # noqa: S301 - ours
        self.open.clear()
        self.leases.clear()

    def empty(self) -> None:
        """Lose all data; sometimes the process lives on, and its memory with it."""
        self.slots = {}
        if self.kernel.random.random() < 0.5:
            self.open.clear()
            self.leases.clear()


class SimStore:
    """The store interface over a simulated server, for one process.

    `unchecked` is the epoch every slot seems to have where the server checks none.
    """

    def __init__(
        self,
        server: Server,
        pause: Callable[[], Awaitable[None]] = step,
        unchecked: str = "unchecked",
    ) -> None:
        self._server = server
        self._pause = pause
        self._unchecked = unchecked

    async def _call(self) -> None:
        await self._pause()
        server = self._server
        if server.kernel.time < server.away_until:
            raise TransientError("the simulated Redis is away")

    async def _reply(self) -> None:
        server = self._server
        if server.lose_replies and server.kernel.random.random() < server.lose_replies:
            raise TransientError("the simulated reply was lost")
        await self._pause()

    def _epoch(self, slot: str, expected: str | None = None) -> str:
        found = self._server.epoch_of(slot)
        if found is not None and (expected is None or found == expected):
            return found
        if not self._server.epoch_checked:
            return expected or self._unchecked
        raise EpochGone(slot)

    def _each(self, asked: Mapping[str, _A], do: Callable[[str, _A], _R]) -> dict[str, _R]:
        """One trip: what one slot is asked is done whatever another answers."""
        found: dict[str, _R] = {}
        gone: list[str] = []
        for name, what in asked.items():
            try:
                found[name] = do(name, what)
            except EpochGone:
                gone.append(name)
        if gone:
            raise EpochGone(gone[0], {name: self._epoch(name) for name in found})
        return found

    async def load(self, requests: Mapping[str, Request]) -> Mapping[str, Loaded]:
        await self._call()
        found = self._each(requests, self._load)
        await self._reply()
        return found

    def _load(self, name: str, request: Request) -> Loaded:
        epoch, slot = self._epoch(name), self._server.slot(name)
        for counted in request.counted:
            slot.attempts[counted] = slot.attempts.get(counted, 0) + 1
        kept = slot.twin.outcomes
        return Loaded(
            epoch=epoch,
            outcomes={id_: kept[id_] for id_ in request.ids if id_ in kept},
            attempts={id_: slot.attempts[id_] for id_ in request.counted},
            data=slot.twin.fetch(merged(request.reads)),
        )

    async def there(self, asked: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[str, bool]]:
        await self._call()
        found = self._each(asked, self._there)
        await self._reply()
        return found

    def _there(self, name: str, keys: Sequence[str]) -> tuple[str, bool]:
        epoch, slot = self._epoch(name), self._server.slot(name)
        waits = f"{name}:unsettled" in keys and bool(slot.unsettled)  # kept beside the keys here
        return epoch, waits or not slot.twin.items().keys().isdisjoint(keys)

    async def commit(
        self, batches: Mapping[str, tuple[str, Sequence[CommitEntry]]]
    ) -> Mapping[str, Sequence[Reply]]:
        await self._call()
        found = self._each(batches, lambda name, batch: self._commit(name, *batch))
        await self._reply()
        return found

    def _commit(self, name: str, epoch: str, entries: Sequence[CommitEntry]) -> Sequence[Reply]:
        self._epoch(name, epoch)
        self._server.written()
        slot = self._server.slot(name)
        before = set(slot.twin.outcomes)
        replies = slot.twin.commit(entries)
        for id_ in slot.twin.outcomes.keys() - before:
            slot.unsettled[id_] = self._server.kernel.time
        return replies

    async def settle(self, settlements: Mapping[str, Settlement]) -> None:
        await self._call()
        self._each(settlements, self._settle)
        await self._reply()

    def _settle(self, name: str, done: Settlement) -> None:
        self._epoch(name, done.epoch)
        self._server.written()
        slot = self._server.slot(name)
        for id_ in done.published:
            kept = slot.twin.outcomes.get(id_)
            if kept is not None:
                slot.twin.outcomes[id_] = Outcome(kept.digest, settled=True, records=b"")
            slot.unsettled.pop(id_, None)
        for id_ in done.handled:
            slot.attempts.pop(id_, None)
        markers = slot.twin.value(f"{name}:markers", dict)
        for place, offset in done.markers.items():
            markers[place] = str(max(int(markers.get(place, 0)), offset))

    async def unsettled(
        self, slot: str, *, older_seconds: float, count: int
    ) -> tuple[str, Sequence[tuple[str, Outcome]]]:
        await self._call()
        epoch, found = self._epoch(slot), self._server.slot(slot)
        before = self._server.kernel.time - older_seconds
        ids = [id_ for id_, at in found.unsettled.items() if at <= before][:count]
        await self._reply()
        gone = Outcome("", settled=True, records=b"")
        return epoch, [(id_, found.twin.outcomes.get(id_, gone)) for id_ in ids]

    async def due(
        self, slot: str, key: str, *, due_ms: int, again_ms: int, count: int
    ) -> Sequence[tuple[str, int]]:
        await self._call()
        self._epoch(slot)
        twin = self._server.slot(slot).twin
        found = [pair for pair in twin.ranking(key).items() if pair[1] <= due_ms][:count]
        for member, _ in found:
            twin.value(key, Ranking)[member] = again_ms
        await self._reply()
        return found

    async def epoch(self, slot: str) -> str | None:
        await self._call()
        if not self._server.epoch_checked:
            return self._server.epoch_of(slot) or self._unchecked
        return self._server.epoch_of(slot)

    async def epochs(self, slots: Sequence[str]) -> Mapping[str, str]:
        await self._call()
        found = {slot: self._server.epoch_of(slot) for slot in slots}
        if not self._server.epoch_checked:
            found = {slot: epoch or self._unchecked for slot, epoch in found.items()}
        return {slot: epoch for slot, epoch in found.items() if epoch}

    async def slots(self, root: str) -> Sequence[str]:
        await self._call()
        names = [name for name in self._server.slots if name.startswith(f"{root[:-1]}:")]
        return sorted(name for name in names if self._server.slots[name].epoch)

    async def lead(self, slot: str, token: str, *, seconds: float, again: bool = False) -> bool:
        await self._call()
        now, held = self._server.kernel.time, self._server.leases.get(slot)
        if held and held[0] != token and held[1] > now:
            return False
        if again and self._server.slot(slot).lease != token:
            return False
        self._server.slot(slot).lease = token
        self._server.leases[slot] = (token, now + seconds)
        return True

    def _leads(self, slot: str, token: str) -> bool:
        held = self._server.leases.get(slot)
        mine = held is not None and held[0] == token and held[1] > self._server.kernel.time
        return mine and self._server.slot(slot).lease == token

    async def fold(self, slot: str, token: str, changes: Sequence[Change]) -> bool:
        await self._call()
        if not self._leads(slot, token):
            return False
        self._server.slot(slot).twin.make(changes)
        await self._reply()
        return True

    async def peek(self, slot: str, token: str, reads: Sequence[Read]) -> Loaded | None:
        await self._call()
        if not self._leads(slot, token):
            return None
        return Loaded(epoch=token, data=self._server.slot(slot).twin.fetch(merged(reads)))

    async def open(self, slot: str, token: str, epoch: str) -> bool:
        await self._call()
        if not self._leads(slot, token):
            return False
        self._server.slot(slot).epoch = epoch
        self._server.open[slot] = epoch
        del self._server.leases[slot]
        return True
