"""The scenario with all services: outputs in, people asked, verdicts, earnings, in two pools."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from sentuh.audit import Sent, audit_records
from services.intake.catalog import Catalog, load
from services.intake.service import build as build_intake
from services.payout.service import build as build_payout
from services.qa.service import build as build_qa
from services.router.metrics import RouterMetrics
from services.router.service import build as build_router
from services.router.settings import RouterSettings
from shared.contracts.errors import Reason
from shared.contracts.record import Outgoing
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS, Names
from shared.pattern.service import Service
from tests.simulation.people import People, Strangers
from tests.simulation.promises import broken_promises, stranded
from tests.simulation.reading import Watch
from tests.support.facts import INDEXES
from tests.support.world.kafka import Broker, SimHeld
from tests.support.world.kernel import Kernel, wait

CATALOG = load(Path(__file__).parent / "catalog.yaml")
POOLS = ("main", "other")
TASKS = 14
SOURCE = "/models/m"
KEYS = SecretStr("k1=" + "s" * 40)
SETTINGS = RouterSettings(token_keys=KEYS)
METRICS = RouterMetrics(CollectorRegistry())


class WholeScenario:
    """A dozen tasks, a dozen workers, everything that people do."""

    catalog: Catalog = CATALOG
    pools: tuple[str, ...] = POOLS
    people: type[People] = People
    tasks: int = TASKS
    indexes: tuple[str, ...] = INDEXES
    spared: tuple[str, ...] = ()
    whole_at: datetime | None = None
    """When, after the faults, all state was whole again."""

    def __init__(self, kernel: Kernel, broker: Broker) -> None:
        self._kernel = kernel
        self._broker = broker
        self._people = [self.people(kernel, broker, pool) for pool in self.pools]
        self._left = self.tasks
        self._watch = Watch(broker)

    def services(self) -> dict[str, Callable[[SimHeld], Service]]:
        """What runs."""
        return {
            "intake": lambda _: build_intake(self.catalog, names=Names()),
            "router": lambda held: build_router(
                SETTINGS, names=Names(), read_until=held.read_until, metrics=METRICS
            ),
            "qa": lambda _: build_qa(names=Names()),
            "payout": lambda _: build_payout(names=Names()),
        }

    def start(self) -> None:
        """Put people and upstream on the schedule."""
        for people in self._people:
            people.start()
        strangers = Strangers(self._kernel, self._broker, self.pools)
        self._kernel.spawn("strangers", strangers.come())
        for number in range(self.tasks):
            self._kernel.spawn(f"output {number}", self._output(number))

    def calm(self) -> None:
        """The faults are over: people are there and answer."""
        for people in self._people:
            people.calm()

    @property
    def sent(self) -> bool:
        """Whether all has been sent and has ended."""
        of = self._watch.of
        if self._left or len(of("task.created.v1") | of("output.waived.v1")) < self.tasks:
            return False
        return not self._open() and not self._answering()

    def _answering(self) -> bool:
        """Whether somebody still thinks about an offer: what they send is no re-reading."""
        coming = ("answering ", "strangers")
        return any(task.name.startswith(coming) for task in self._kernel.tasks)

    def _open(self) -> set[str]:
        of = self._watch.of
        asked, judged = of("task.created.v1"), of("verdict.reached.v1")
        return ((asked | of("output.waived.v1")) - judged) | (asked - of("task.closed.v1"))

    async def _output(self, number: int) -> None:
        await wait(self._kernel.random.random() * 40)
        for _ in range(1 + (self._kernel.random.random() < 0.2)):
            self._broker.append(self.sent_record(number))
        self._left -= 1

    def problems(self) -> Iterable[str]:
        """What the audit finds, and what never ended."""
        found = [f"never ended: {task}" for task in sorted(self._open())]
        records = [
            r
            for place, log in self._broker.logs.items()
            for r in log
            if place.topic not in ("router.timers", "qa.timers")
        ]
        sent = [Sent(source=SOURCE, id=f"name:sim;lsn:{number}") for number in range(self.tasks)]
        report = audit_records(records, sent=sent)
        for number in report.broken:
            wrong = [str(violation) for violation in report.finding(number).violations]
            found += [f"invariant {number}: {said}" for said in wrong]
        if self.whole_at is not None:
            found += stranded(self._broker, self.whole_at)
        return [*found, *self._bugs(), *broken_promises(self._broker)]

    def _bugs(self) -> list[str]:
        """What no service could handle for a fault of its own; the rest may end well all the same.

        Example: a task that its qa failed on is judged when it is closed.
        """
        letters = (one for row in DEAD_LETTERS.values() for one in self._broker.of(row))
        failed = [one for one in letters if one.header("dl_reason") == Reason.BUG]
        return [f"{one.topic}: {one.header('dl_detail')}" for one in failed]

    def sent_record(self, number: int) -> Outgoing:
        """An output's record: every seventh is confident, every eleventh has no confidence."""
        return _sent(number)


def _sent(number: int) -> Outgoing:
    top = 0.97 if number % 7 == 6 else 0.5 + number % 4 / 20
    payload: dict[str, object] = {"labels": ["a", "b", "c"], "probabilities": [top, 1 - top, 0.0]}
    body = {
        "source": SOURCE,
        "id": f"name:sim;lsn:{number}",
        "correlation_id": f"c-{number}",
        "task_type": ("brief", "patient")[number % 2],
        "format": "sklearn.proba",
        "response": payload,
    }
    return Outgoing(MODEL_OUTPUTS.name, b"k", json.dumps(body).encode(), ())
