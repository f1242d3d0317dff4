"""One seed: a schedule with faults, a quiet end, and what was wrong then."""

import logging
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from unittest import mock

import structlog

from shared.contracts.record import TopicPartition
from shared.pattern.service import Service
from tests.simulation.chaos import Chaos, Fleet
from tests.simulation.golds import GoldsScenario
from tests.simulation.kinds import KindsScenario
from tests.simulation.learning import LearningScenario
from tests.simulation.payout import PayoutScenario
from tests.simulation.process import QUIET_SECONDS, World
from tests.simulation.reading import refolded
from tests.simulation.till import TillScenario
from tests.simulation.whole import WholeScenario
from tests.support.facts import facts
from tests.support.world.kafka import Broker, SimHeld
from tests.support.world.kernel import Kernel, SimClock
from tests.support.world.redis import Server

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

Scenario = type[TillScenario] | type[PayoutScenario] | type[WholeScenario]
Builder = Callable[[SimHeld], Service]

STEPS_MAX = 400_000
BOOKKEEPING = (":markers", ":slots", ":form")
"""Keys that the pattern keeps for itself: no facts of a service."""
CHAOS_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a mutant leaves out; the plain rules leave nothing out."""

    epoch_checked: bool = True
    quiet_seconds: float = QUIET_SECONDS
    wall_clock: bool = False
    services: Callable[[Service], Service] = lambda service: service


@dataclass
class Result:
    """How a seed went."""

    seed: int
    problems: list[str]
    fired: Counter[str]
    story: list[str] = field(default_factory=list)
    steps: int = 0

    def lines(self) -> list[str]:
        """What happened in this seed, shortly."""
        wrong = [f"✗ {problem}" for problem in self.problems[:5]]
        return [f"seed {self.seed} went wrong:", *self.story[-40:], *wrong]


class Seed:
    """One world, from its start to its verdict."""

    def __init__(self, seed: int, scenario: Scenario, rules: Rules) -> None:
        self.kernel = Kernel(seed)
        self.broker = Broker(self.kernel)
        self.server = Server(self.kernel)
        self.server.epoch_checked = rules.epoch_checked
        self.server.copies_until = CHAOS_SECONDS
        self.world = World(
            self.kernel, self.broker, self.server, rules.quiet_seconds, rules.wall_clock
        )
        self.scenario = scenario(self.kernel, self.broker)
        self.built: dict[str, Service] = {}
        self.fleet = Fleet(
            self.world,
            {
                name: self._builder(name, make, rules)
                for name, make in self.scenario.services().items()
            },
        )
        self.chaos = Chaos(self.world, self.fleet, until=CHAOS_SECONDS, spared=self.scenario.spared)
        self.seed = seed

    def _builder(self, name: str, make: Builder, rules: Rules) -> Builder:
        def build(held: SimHeld) -> Service:
            self.built[name] = rules.services(make(held))
            return self.built[name]

        return build

    def run(self) -> Result:
        """Faults, quiet, checks, and everything read again from 0."""
        problems = self._run()
        return Result(self.seed, problems, self.chaos.fired, self.kernel.story, self.kernel.steps)

    def _run(self) -> list[str]:
        self.fleet.start_all(2)
        self.scenario.start()
        self.kernel.spawn("chaos", self.chaos.run())
        if not self.kernel.run(self._quiet, steps_max=STEPS_MAX):
            return [f"it never came to rest: {self._unrest()}"]
        problems = [*self.scenario.problems(), *self._state_problems()]
        return problems or self._again()

    def _quiet(self) -> bool:
        if self.kernel.steps % 100 or not self.chaos.over:
            return False
        self.scenario.calm()
        if self.scenario.whole_at is None and not self._closed():
            # Nobody can be asked while state is being made whole, so patience begins here.
            self.scenario.whole_at = SimClock(self.kernel).now()
        if not self.scenario.sent:
            return False
        return not self._unrest()

    def _unrest(self) -> list[str]:
        """What is still on its way."""
        found = []
        for name, service in self.built.items():
            committed = self.broker.group(name).committed
            for topic in service.card.consumes:
                for number in range(topic.partitions):
                    place = TopicPartition(topic.name, number)
                    if committed.get(place, 0) < len(self.broker.logs[place]):
                        found.append(f"{name} has not read {place.topic}:{place.partition}")
        found += [
            f"unsettled in {name}" for name, slot in self.server.slots.items() if slot.unsettled
        ]
        found += self._closed() if self.server.epoch_checked else []
        late = [task.name for task in self.kernel.tasks if task.name == "a late append"]
        return found + late

    def _closed(self) -> list[str]:
        roots = [service.root for service in self.built.values()]
        return [
            f"no epoch of {name}"
            for name in (*roots, *self.server.slots)
            if self.server.epoch_of(name) is None
        ]

    def _state_problems(self) -> list[str]:
        found = []
        not_facts = (*BOOKKEEPING, *self.scenario.indexes)
        for name, service in self.built.items():
            held: dict[str, object] = {}
            for slot in [s for s in self.server.slots if s.startswith(f"{{{name}:")]:
                held |= facts(self.server.slots[slot].twin.items(), without=not_facts)
            folded = facts(refolded(service, self.broker).items(), without=not_facts)
            own = {key: value for key, value in folded.items() if key.startswith(f"{{{name}:")}
            held, fresh = _without_strangers(held), _without_strangers(own)
            found += [
                f"state of {name} is not the fold of its journal: {key}: "
                f"{held.get(key)} is not {fresh.get(key)}"
                for key in sorted(held.keys() | fresh.keys())
                if held.get(key) != fresh.get(key)
            ]
        return found

    def _again(self) -> list[str]:
        """Forget all outcomes, read everything from 0: nothing new may come of it."""
        before = self._effective()
        for slot in self.server.slots.values():
            slot.twin.outcomes.clear()
        for group in self.broker.groups.values():
            group.committed = {}
            group.generation += 1
        self.kernel.tell("everything is read again from 0, all outcomes forgotten")
        if not self.kernel.run(self._quiet, steps_max=STEPS_MAX):
            return [f"after reading again it never came to rest: {self._unrest()}"]
        new = sorted(self._effective() - before)
        return [f"reading again brought new events: {new[:5]}"] if new else self._state_problems()

    def _effective(self) -> set[tuple[str, str]]:
        journals = {row.name for one in self.built.values() for row in one.card.journals}
        return {
            (place.topic, record.header("ce_id") or "")
            for place, log in self.broker.logs.items()
            if place.topic in journals
            for record in log
        }


def _without_strangers(state: Mapping[str, object]) -> dict[str, object]:
    """Leave out what people without a profile said of their presence: nothing depends on it yet.

    Some of it waits in the root slot, where the last word of a worker stands for all their words.
    """
    without: dict[str, object] = {}
    for key, value in state.items():
        if not isinstance(value, dict) or "presence" not in value or "profile" in value:
            without[key] = value
        elif "profile_at" in value:
            without[key] = {"profile_at": value["profile_at"]}
    return without


SCENARIOS: Mapping[str, Scenario] = {
    "till": TillScenario,
    "payout alone": PayoutScenario,
    "all services": WholeScenario,
    "every kind": KindsScenario,
    "what learns": LearningScenario,
    "golds among them": GoldsScenario,
}


def run_seed(seed: int, scenario: Scenario, rules: Rules | None = None) -> Result:
    """Run one seed; an error that escapes a process is a problem like any other."""
    world = Seed(seed, scenario, rules or Rules())
    try:
        return world.run()
    except Exception as bug:  # noqa: BLE001 - told as the seed's problem
        story = [*world.kernel.story, *traceback.format_exception(bug)]
        return Result(seed, [f"{type(bug).__name__}: {bug}"], world.chaos.fired, story)
    finally:
        mock.patch.stopall()  # what the scenario shortened, such as a second stage's day
