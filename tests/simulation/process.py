"""One simulated process of a service: the pattern as it is, over simulated Redis and Kafka."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import RESPONSES
from shared.kafka.batches import Batches, Fate
from shared.observe.metrics import PatternMetrics
from shared.pattern.limits import Limits
from shared.pattern.service import Service
from shared.recovery.catchup import CatchUp, Waits
from shared.recovery.sweep import Pace, Sweeper
from shared.state import version
from tests.support.in_memory import dependencies_of, metrics_of, pipelines_of
from tests.support.world.kafka import Broker, SimHeld, SimLog, SimPublisher
from tests.support.world.kernel import Kernel, SimClock, Task, step, wait
from tests.support.world.redis import Server, SimStore

QUIET_SECONDS = 20.0
LIMITS = Limits(
    chunk_max=4,
    side_by_side_min=3,
    gather_seconds=3.0,
    gather_idle_seconds=1.0,
    gather_units_max=40,
)
"""Small chunks, so that a batch has some; long gathers, so that most faults meet one."""
_METRICS: dict[str, PatternMetrics] = {}


@dataclass(frozen=True, slots=True)
class World:
    """What all processes of one seed share."""

    kernel: Kernel
    broker: Broker
    server: Server
    quiet_seconds: float = QUIET_SECONDS
    wall_clock: bool = False


def _metrics(service: Service) -> PatternMetrics:
    if service.name not in _METRICS:
        _METRICS[service.name] = metrics_of(service)
    return _METRICS[service.name]


class Process:
    """A consumer loop and a sweeper that live and die together."""

    def __init__(self, world: World, service: Service, held: SimHeld) -> None:
        self.world, self.service, self.member = world, service, held.member
        self.held = held
        self._tokens = 0
        clock = SimClock(world.kernel)
        means = dependencies_of(
            service,
            store=SimStore(world.server, unchecked=version.epoch(service.card, "unchecked")),
            publisher=SimPublisher(world.broker),
            clock=clock,
            metrics=_metrics(service),
        )
        self.pipelines = pipelines_of(
            means,
            count=service.pipelines,
            limits=LIMITS,
            at_once=world.kernel.together,
        )
        self.catch_up = CatchUp(
            means,
            SimLog(world.broker, service.name),
            token=self._token,
            waits=Waits(quiet=world.quiet_seconds),
        )
        self.batches = Batches(self.pipelines, self.catch_up, clock)
        self.sweeper = Sweeper(
            means,
            catch_up=self.catch_up,
            pipelines=self.pipelines,
            held=held,
            pace=Pace(every_seconds=4.0, unsettled_seconds=30.0),
        )
        self._assignment = Membership(self, -1)
        self._positions: dict[TopicPartition, int] = {}
        self.tasks: list[Task] = []
        self.killed = False

    def start(self) -> None:
        """Put the process on the schedule."""
        spawn = self.world.kernel.spawn
        self.tasks = [
            spawn(self.member, self._consume()),
            spawn(f"{self.member} sweeper", self._sweep()),
            spawn(f"{self.member} heartbeat", self._beat()),
            spawn(f"{self.member} gather", self._flush()),
        ]

    @property
    def alive(self) -> bool:
        """Whether its consumer still runs."""
        return any(task in self.world.kernel.tasks for task in self.tasks)

    def kill(self) -> None:
        """End it as kill -9 does."""
        self.killed = True
        for task in self.tasks:
            if task in self.world.kernel.tasks:
                self.world.kernel.kill(task)

    def freeze(self, seconds: float) -> None:
        """SIGSTOP for this long: nothing runs, and nothing notices."""
        for task in self.tasks:
            self.world.kernel.freeze(task, seconds)

    def _token(self) -> str:
        self._tokens += 1
        return f"{self.member}-{self._tokens}-{self.world.kernel.steps}"

    async def _beat(self) -> None:
        while True:
            self.world.broker.heartbeat(self.service.name, self.member)
            await wait(1.0)

    async def _sweep(self) -> None:
        await self.sweeper.run(lambda: False)

    async def _flush(self) -> None:
        while True:
            await self.batches.flush_when_due()
            await wait(0.05)

    async def _consume(self) -> None:
        await self.catch_up.whole()
        while True:
            if await self.batches.starts_over():
                self._seek()
            records = self._poll()
            if not records:
                await wait(0.1 + self.world.kernel.random.random() * 0.3)
                continue
            if await self.batches.take(records, self._assignment) is Fate.READ_AGAIN:
                self._seek()

    @property
    def generation(self) -> int:
        """The generation of the group now."""
        return self.world.broker.group(self.service.name).generation

    def _seek(self) -> None:
        committed = self.world.broker.group(self.service.name).committed
        self._positions = {place: committed.get(place, 0) for place in self._positions}

    def _poll(self) -> Sequence[Record]:
        broker = self.world.broker
        if broker.away:
            return ()
        assigned = broker.assigned(self.service.name, self.member, self.service.card.consumes)
        if self._assignment.is_over():
            self._assignment = Membership(self, self.generation)
            self._positions = dict.fromkeys(assigned, 0)
            self._seek()
            self.held.forget()
        self.held.polled(self._positions, RESPONSES.name)
        return self._fetch()

    def _fetch(self) -> Sequence[Record]:
        random, broker = self.world.kernel.random, self.world.broker
        waiting = [p for p, at in self._positions.items() if at < len(broker.logs[p])]
        random.shuffle(waiting)
        found: list[Record] = []
        for place in waiting[: random.randint(1, 4)]:
            at = self._positions[place]
            taken = broker.logs[place][at : at + random.randint(1, 8)]
            self._positions[place] = at + len(taken)
            found += taken
        return found


class Membership:
    """One process's share in one generation of its group."""

    def __init__(self, process: Process, generation: int) -> None:
        self._process = process
        self._generation = generation

    def is_over(self) -> bool:
        """Whether the group has moved on."""
        return self._generation != self._process.generation

    async def acknowledge(self, offsets: Mapping[TopicPartition, int]) -> Fate:
        """Commit; a broker that is away, or a group that has moved on, takes nothing."""
        await step()
        broker, group = self._process.world.broker, self._process.service.name
        taken = broker.commit(group, self._generation, offsets)
        return Fate.GO_ON if taken else Fate.READ_AGAIN
