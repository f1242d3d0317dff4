"""A router at work over an in-memory store: what comes in, what it says, what time makes due."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeVar, cast

from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from services.router.metrics import RouterMetrics
from services.router.settings import RouterSettings
from services.router.wiring import build
from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.events.assignments import AssignmentOffered
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.partitions import partition_of
from shared.contracts.record import Outgoing, Record
from shared.contracts.topics import PARTITIONS, Names
from shared.observe.metrics import PatternMetrics
from shared.pattern.clock import to_ms
from shared.pattern.decide_chunk import decide_unit
from shared.pattern.read_records import Reading
from shared.pattern.service import Swept, Unit
from shared.state.changes import merged
from shared.state.ranking import Ranking
from shared.state.store import Committed, Conflict, Entry, Loaded, Request, Store
from shared.state.view import Twin, View, loaded
from tests.builders import NOW, POOL, a_policy, a_task
from tests.services.router.builders import a_verdict

E = TypeVar("E", bound=Event)
SECRET = "s" * 32
SLOT = "{router:main}"
SETTINGS = RouterSettings(token_keys=SecretStr(f"k1={SECRET}"))
_TRACE = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
ROUNDS_MAX = 10

Decided = tuple[Unit, Entry, list[Event]]
"""A unit, its commit, and what it will say."""
Presence = Literal["available", "paused", "away"]


class Desk:
    """Every event crosses the wire in and out; every commit is held to its guards.

    `now` is the process's clock and the broker's; `read_until` lags behind where a test says so.
    """

    def __init__(self, settings: RouterSettings = SETTINGS) -> None:
        self.now = NOW
        self.lag = timedelta(0)
        self.registry = CollectorRegistry()
        self.service = build(
            settings,
            names=Names(),
            read_until=lambda _: self.read_until,
            metrics=RouterMetrics(self.registry),
        )
        self.twin = Twin()
        self.announced: list[Event] = []
        self.inputs: list[tuple[Event, int]] = []
        self.conflicts = 0
        self._reading = Reading(
            self.service, PatternMetrics("router", CollectorRegistry(), Names())
        )
        self._offset = 0
        self._moments = 0

    @property
    def read_until(self) -> datetime:
        """Responses were handled up to here."""
        return self.now - self.lag

    def wait(self, seconds: float) -> "Desk":
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        return self

    # --- what comes in ---------------------------------------------------------------------------

    def hear(self, *events: Event, at: datetime | None = None) -> list[Event]:
        """Handle each event alone; returns what was announced. Raises Refused."""
        return [said for event in events for said in self.hear_at_once([event], at=at)]

    def hear_at_once(self, events: Sequence[Event], *, at: datetime | None = None) -> list[Event]:
        """Handle a batch on one view; what is in conflict is loaded and decided again."""
        return self.finish([unit for event in events for unit in self.units(event, at=at)])

    def finish(self, units: Sequence[Unit]) -> list[Event]:
        """Take units to their commit, however often they are overtaken."""
        said: list[Event] = []
        for _ in range(ROUNDS_MAX):
            units, more = self.commit(self.decide(units))
            said += more
            if not units:
                self.announced += said
                return said
            self.conflicts += len(units)
        raise AssertionError(f"still in conflict: {units}")

    def units(self, event: Event, *, at: datetime | None = None) -> Sequence[Unit]:
        """What one record of this event says."""
        self._offset += 1
        if self.service.folds_input(event.TOPIC):
            self.inputs.append((event, self._offset))
        said = envelope.encode(event, Names(), source="test", cause="cause", traceparent=_TRACE)
        partition = partition_of(event.key)
        stamp = to_ms(at or self.now)
        record = Record(
            said.topic, partition, self._offset, said.key, said.value, said.headers, stamp
        )
        return self._reading.units(record)

    def decide(self, units: Sequence[Unit]) -> list[Decided]:
        """Decide a batch on what the store holds now, and commit nothing."""
        rows = [(unit, self.service.row(unit.event)) for unit in units]
        reads = [read for unit, row in rows if row for read in row.load.reads(unit.seen)]
        view = View(self.twin.fetch(merged(reads)))
        found = []
        for unit in units:
            decided = decide_unit(self.service, unit, view, self.now)
            if decided.refused:
                raise decided.refused
            if not decided.empty:
                events = [self._decoded(record) for record in decided.records]
                found.append((unit, decided.entry, events))
        return found

    def commit(self, decided: Sequence[Decided]) -> tuple[list[Unit], list[Event]]:
        """Commit what was decided; returns the units in conflict and what the others announce."""
        again: list[Unit] = []
        said: list[Event] = []
        replies = self.twin.commit([entry for _, entry, _ in decided])
        for (unit, _, events), reply in zip(decided, replies, strict=True):
            if isinstance(reply, Committed):
                said += events
            elif isinstance(reply, Conflict):
                again.append(unit)
        return again, said

    def refused(self, event: Event, *, at: datetime | None = None) -> str:
        """The reason an event is refused for."""
        try:
            self.hear(event, at=at)
        except Refused as refused:
            return refused.reason.value
        return "not refused"

    def _decoded(self, said: Outgoing) -> Event:
        record = Record(said.topic, 0, 0, said.key, said.value, said.headers, to_ms(self.now))
        return envelope.decode(record, Names().row(said.topic))[1]

    def forget_outcomes(self) -> None:
        """Every outcome's time to live is over."""
        self.twin.outcomes.clear()

    # --- what time makes due ---------------------------------------------------------------------

    async def sweep(self) -> list[Event]:
        """Sweep every partition and handle what is due; returns what was announced."""
        return self.hear(*await self.due())

    async def due(self) -> list[Event]:
        """What a sweep of every partition announces."""
        assert self.service.sweep
        store = cast("Store", _TwinStore(self.twin))
        events: list[Event] = []
        for partition in range(PARTITIONS):
            swept = Swept(SLOT, partition, self.now, self.read_until, store)
            events += await self.service.sweep(swept)
        return events

    async def settle(self, sweeps: int = 6) -> list[Event]:
        """Sweep some seconds."""
        said: list[Event] = []
        for _ in range(sweeps):
            said += await self.wait(1).sweep()
        return said

    # --- people ----------------------------------------------------------------------------------

    def join(self, *worker_ids: str, presence: Presence = "available", **profile: object) -> None:
        """Workers with this profile come in."""
        for worker_id in worker_ids:
            self.hear(self.profile(worker_id, **profile))
            self.hear(self.presence(worker_id, presence))

    def profile(self, worker_id: str, **profile: object) -> WorkerProfiled:
        """A worker's profile."""
        return WorkerProfiled.model_validate(
            {"pool": POOL, "at": self._moment(), "worker_id": worker_id} | profile
        )

    def presence(self, worker_id: str, presence: Presence = "available") -> PresenceChanged:
        """A worker's presence."""
        return PresenceChanged(pool=POOL, at=self._moment(), worker_id=worker_id, presence=presence)

    def _moment(self) -> datetime:
        """No two profiles or presences are of one moment."""
        self._moments += 1
        return self.now + timedelta(microseconds=self._moments)

    # --- what was said ---------------------------------------------------------------------------

    def of(self, event: type[E]) -> list[E]:
        """What was announced of one type."""
        return [said for said in self.announced if isinstance(said, event)]

    def letter(self, worker_id: str, task_id: str = "t-1") -> OfferMade:
        """The last offer of this task to this worker."""
        return next(
            made
            for made in reversed(self.of(OfferMade))
            if made.claims.worker_id == worker_id and made.claims.task_id == task_id
        )

    def offered(self) -> set[tuple[str, str]]:
        """Who was offered what."""
        return {(made.worker_id, made.task_id) for made in self.of(AssignmentOffered)}


def kinds(events: Iterable[Event]) -> list[str]:
    """Types of events, without their version, in order."""
    return [event.TYPE.removesuffix(".v1") for event in events]


async def a_desk(*workers: str, **profile: object) -> Desk:
    """A desk whose lane for `a_task` is filled, and these workers in it."""
    desk = Desk()
    desk.hear(a_task("t-0", policy=a_policy(least=1)))
    await desk.settle()
    desk.hear(a_verdict("t-0"))
    for worker_id in workers:
        desk.hear(desk.profile(worker_id, **profile), desk.presence(worker_id))
    desk.announced.clear()
    return desk


class _TwinStore:
    """What a sweep asks of a store, of a twin."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin

    async def load(self, requests: Mapping[str, Request]) -> Mapping[str, Loaded]:
        return {
            slot: loaded("e", self._twin.fetch(merged(request.reads)))
            for slot, request in requests.items()
        }

    async def due(
        self, slot: str, key: str, *, due_ms: int, again_ms: int, count: int
    ) -> Sequence[tuple[str, int]]:
        del slot
        found = [pair for pair in self._twin.ranking(key).items() if pair[1] <= due_ms][:count]
        for member, _ in found:
            self._twin.value(key, Ranking)[member] = again_ms
        return found
