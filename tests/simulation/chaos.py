"""What goes wrong in a seed, and how often: processes, Redis and Kafka misbehave until a time."""

from collections import Counter
from collections.abc import Callable, Collection

from shared.pattern.service import Service
from tests.simulation.process import Process, World
from tests.support.world.kafka import SimHeld
from tests.support.world.kernel import wait


class Fleet:
    """The processes of all services; what dies is started again under the same member name."""

    def __init__(self, world: World, services: dict[str, Callable[[SimHeld], Service]]) -> None:
        self._world = world
        self._builders = services
        self.processes: dict[str, Process] = {}
        self._starts = 0

    def start(self, service: str, member: str) -> None:
        """Start a process."""
        group = service
        held = SimHeld(self._world.broker, group, member, by_wall_clock=self._world.wall_clock)
        process = Process(self._world, self._builders[service](held), held)
        self.processes[member] = process
        process.start()

    def start_all(self, each: int) -> None:
        """Start this many processes of each service."""
        for service in self._builders:
            for number in range(each):
                self.start(service, f"{service}-{number}")


class Chaos:
    """Fires faults at random until its time is over."""

    def __init__(
        self, world: World, fleet: Fleet, *, until: float, spared: Collection[str] = ()
    ) -> None:
        self._world = world
        self._fleet = fleet
        self._until = until
        self._faults = {name: weight for name, weight in _FAULTS.items() if name not in spared}
        self.fired: Counter[str] = Counter()
        self.over = False

    async def run(self) -> None:
        """Fire until the time is over; then everything works again."""
        kernel = self._world.kernel
        while kernel.time < self._until:
            await wait(kernel.random.expovariate(1 / 4.0))
            self._fire()
        await wait(12.0)
        self._world.broker.trouble = self._world.server.lose_replies = 0.0
        self._world.broker.away_until = self._world.server.away_until = 0.0
        self.over = True

    def _fire(self) -> None:
        name, weight = zip(*self._faults.items(), strict=True)
        picked = self._world.kernel.random.choices(name, weight)[0]
        self.fired[picked] += 1
        self._world.kernel.tell(getattr(self, "_" + picked.replace(" ", "_"))())

    def _victim(self) -> Process:
        members = sorted(self._fleet.processes)
        return self._fleet.processes[self._world.kernel.random.choice(members)]

    def _kill(self) -> str:
        victim = self._victim()
        victim.kill()
        seconds = self._world.kernel.random.choice((0.1, 1.0, 8.0))
        self._world.kernel.spawn("a restart", self._restart(victim, seconds))
        return f"kill -9 {victim.member}, back in {seconds} s"

    async def _restart(self, victim: Process, seconds: float) -> None:
        await wait(seconds)
        if self._fleet.processes[victim.member] is victim:
            self._fleet.start(victim.service.name, victim.member)

    def _freeze(self) -> str:
        victim, seconds = self._victim(), self._world.kernel.random.choice((2.0, 9.0, 25.0, 60.0))
        victim.freeze(seconds)
        return f"freeze {victim.member} for {seconds} s"

    def _rollback(self) -> str:
        self._world.server.roll_back()
        return "Redis comes back from an older copy"

    def _empty(self) -> str:
        self._world.server.empty()
        return "Redis is emptied"

    def _redis_away(self) -> str:
        seconds = self._world.kernel.random.choice((0.5, 3.0, 15.0))
        self._world.server.away_until = self._world.kernel.time + seconds
        return f"Redis away for {seconds} s"

    def _lost_replies(self) -> str:
        self._world.server.lose_replies = self._world.kernel.random.choice((0.0, 0.1, 0.3))
        return f"Redis loses {self._world.server.lose_replies:.0%} of its replies"

    def _kafka_away(self) -> str:
        seconds = self._world.kernel.random.choice((0.5, 3.0, 15.0))
        self._world.broker.away_until = self._world.kernel.time + seconds
        return f"Kafka away for {seconds} s"

    def _kafka_trouble(self) -> str:
        self._world.broker.trouble = self._world.kernel.random.choice((0.0, 0.05, 0.3))
        return f"{self._world.broker.trouble:.0%} of sends lose their ack, come late or twice"

    def _rewind(self) -> str:
        name = self._world.kernel.random.choice(sorted(self._world.broker.groups) or ["nobody"])
        group = self._world.broker.group(name)
        share = self._world.kernel.random.random()
        group.committed = {place: int(at * share) for place, at in group.committed.items()}
        group.generation += 1
        return f"offsets of {name} go back to {share:.0%}"


_FAULTS = {
    "kill": 5,
    "freeze": 3,
    "rollback": 2,
    "empty": 1,
    "redis away": 2,
    "lost replies": 2,
    "kafka away": 2,
    "kafka trouble": 3,
    "rewind": 1,
}
