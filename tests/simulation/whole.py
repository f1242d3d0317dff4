"""The scenario with all services: outputs in, people asked, verdicts, earnings, in two pools."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from services.payout.wiring import build as build_payout
from services.qa.wiring import build as build_qa
from services.router.settings import RouterSettings
from services.router.wiring import build as build_router
from sentuh.audit import audit_records
from shared.events.assignments import TaskClosed
from shared.events.parts import (
    Answers, Confidence, Gate, Output, OutputRef, Policy, Quote, Requirement, SkillNeed, Stopping,
    Times,
)
from shared.events.tasks import OutputWaived, TaskCreated
from shared.events.verdicts import VerdictReached
from shared.service import Service
from shared.topics import Names
from tests.simulation.kafka import Broker, SimHeld
from tests.simulation.kernel import START, Kernel, wait
from tests.simulation.people import SKILL, People, publish
from tests.simulation.reading import events_on

POOLS = ("main", "other")
TASKS = 14
KEYS = "k1=" + "s" * 40


class WholeScenario:
    """A dozen tasks, a dozen workers, everything that people do."""

    indexes: tuple[str, ...] = (":lane", ":lanes", ":deadlines", ":filled", ":type:", ":fit")

    def __init__(self, kernel: Kernel, broker: Broker) -> None:
        self._kernel = kernel
        self._broker = broker
        self._people = [People(kernel, broker, pool) for pool in POOLS]
        self._left = TASKS

    def services(self) -> dict[str, Callable[[SimHeld], Service]]:
        """What runs."""
        return {
            "router": lambda held: build_router(
                RouterSettings(token_keys=KEYS), names=Names(), read_until=held.read_until
            ),
            "qa": lambda _: build_qa(names=Names()),
            "payout": lambda _: build_payout(names=Names()),
        }

    def start(self) -> None:
        """Put people and upstream on the schedule."""
        for people in self._people:
            people.start()
        for number in range(TASKS):
            self._kernel.spawn(f"output {number}", self._output(number))

    def calm(self) -> None:
        """The faults are over: people are there and answer."""
        for people in self._people:
            people.calm()

    @property
    def sent(self) -> bool:
        """Whether all has been sent and has ended."""
        return not self._left and len(events_on(self._broker, "verdicts")) >= TASKS and not self._open()

    def _open(self) -> set[str]:
        verdicts = events_on(self._broker, "verdicts")
        judged = {event.task_id for event in verdicts if isinstance(event, VerdictReached)}
        made = {e.task_id for e in events_on(self._broker, "tasks")}
        asked = {e.task_id for e in events_on(self._broker, "tasks") if isinstance(e, TaskCreated)}
        closed = {e.task_id for e in events_on(self._broker, "assignments")
                  if isinstance(e, TaskClosed)}
        return (made - judged) | (asked - closed)

    async def _output(self, number: int) -> None:
        await wait(self._kernel.random.random() * 40)
        at = START + timedelta(seconds=self._kernel.time)
        event = _waived(number, at) if number % 7 == 6 else _task(number, at)
        publish(self._broker, event, times=1 + (self._kernel.random.random() < 0.2))
        self._left -= 1

    def problems(self) -> Iterable[str]:
        """What the audit finds, and what never ended."""
        found = [f"never ended: {task}" for task in sorted(self._open())]
        records = [r for place, log in self._broker.logs.items() for r in log
                   if place.topic != "router.timers"]
        report = audit_records(records)
        for number in report.broken:
            if number == 1:
                continue  # the outputs' topic is not part of this scenario
            finding = report.finding(number)
            found += [f"invariant {number}: {violation}" for violation in finding.violations[:3]]
        return found


def _ref(number: int) -> OutputRef:
    return OutputRef(source="/models/m", id=f"o-{number}", correlation_id=f"c-{number}")


def _gate(reason: str) -> Gate:
    return Gate.model_validate({"reason": reason, "threshold": 0.8, "audit_share": 0.1})


def _waived(number: int, at: object) -> OutputWaived:
    return OutputWaived.model_validate({
        "pool": POOLS[number % 2], "at": at, "task_id": f"task-{number}", "task_type": "digits",
        "ref": _ref(number), "answer": "a", "probability": 0.97, "gate": _gate("confident"),
        "digest": "d",
    })


def _task(number: int, at: object) -> TaskCreated:
    deadline = at + timedelta(seconds=(60, 200, 400)[number % 3])  # type: ignore[operator]
    policy = Policy(
        task_type="digits", question="Which?", options=("a", "b", "c"),
        requirement=Requirement(skills=(SkillNeed(skill=SKILL, level_min=1 + number % 3),)),
        answers=Answers(min=2, max=4), stopping=Stopping(confidence=0.95),
        times=Times(accept_seconds=5, answer_seconds=10, deadline_at=deadline),
        quote=Quote(amount_minor=25, currency="USD", exponent=2), catalog_digest="c",
    )
    output = Output(format="sentuh.output", text="x", answer="a",
                    confidence=Confidence(status="absent"))
    return TaskCreated(
        pool=POOLS[number % 2], at=at, task_id=f"task-{number}", ref=_ref(number), output=output,
        policy=policy, gate=_gate("absent"), digest="d",
    )
