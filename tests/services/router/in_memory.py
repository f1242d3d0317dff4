"""The router in memory, at its desk: who comes in, what it offers, what time makes due."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal, Self, cast

from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from services.router.metrics import RouterMetrics
from services.router.service import build
from services.router.settings import RouterSettings
from shared.contracts.errors import Refused
from shared.contracts.events.assignments import AssignmentOffered
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.topics import PARTITIONS, Names
from shared.pattern.service import Swept, Unit
from shared.state.store import Store
from tests.services.router.builders import a_verdict
from tests.support.builders import a_policy, a_task
from tests.support.in_memory import InMemory, TwinStore
from tests.support.people import a_presence, a_profile

SECRET = "s" * 32
SLOT = "{router:main}"
SETTINGS = RouterSettings(token_keys=SecretStr(f"k1={SECRET}"))
Presence = Literal["available", "paused", "away"]


class Desk(InMemory):
    """A router at work. `read_until` lags behind `now` by `lag`, where a test says so."""

    def __init__(self, settings: RouterSettings = SETTINGS) -> None:
        self.registry = CollectorRegistry()
        self.lag = timedelta(0)
        self.inputs: list[tuple[Event, int]] = []
        """What came in on topics that the state folds, each with its record's order."""
        self._moments = 0
        super().__init__(
            build(
                settings,
                names=Names(),
                read_until=lambda _: self.read_until,
                metrics=RouterMetrics(self.registry),
            )
        )

    @property
    def read_until(self) -> datetime:
        """Responses were handled up to here."""
        return self.now - self.lag

    def wait(self, seconds: float) -> Self:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        return self

    def units(self, event: Event, *, at: datetime | None = None) -> Sequence[Unit]:
        """Read the record of an event, and remember it among the inputs that the state folds."""
        units = super().units(event, at=at)
        if self.service.folds_input(event.TOPIC):
            self.inputs += [(unit.event, unit.record.order) for unit in units]
        return units

    def refused(self, event: Event, *, at: datetime | None = None) -> str:
        """Return the reason an event is refused for."""
        try:
            self.hear(event, at=at)
        except Refused as refused:
            return refused.reason.value
        return "not refused"

    # --- what time makes due ---------------------------------------------------------------------

    async def sweep(self) -> list[Event]:
        """Sweep every partition and handle what is due; returns what was announced."""
        return self.hear(*await self.due())

    async def due(self) -> list[Event]:
        """What a sweep of every partition announces."""
        assert self.service.sweep
        store = cast("Store", TwinStore(self.twin))
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
        return a_profile(worker_id, profile, at=self._moment())

    def presence(
        self,
        worker_id: str,
        presence: Presence = "available",
        *,
        kinds: Sequence[str] | None = None,
    ) -> PresenceChanged:
        """A worker's presence; `kinds` are the kinds of questions that their app shows."""
        return a_presence(worker_id, presence, at=self._moment(), kinds=kinds)

    def _moment(self) -> datetime:
        """No two profiles or presences are of one moment."""
        self._moments += 1
        return self.now + timedelta(microseconds=self._moments)

    # --- what was said ---------------------------------------------------------------------------

    def offer(self, worker_id: str, task_id: str = "t-1") -> OfferMade:
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
    desk.hear(a_task("t-0", policy=a_policy(answers_min=1)))
    await desk.settle()
    desk.hear(a_verdict("t-0"))
    for worker_id in workers:
        desk.hear(desk.profile(worker_id, **profile), desk.presence(worker_id))
    desk.announced.clear()
    return desk
