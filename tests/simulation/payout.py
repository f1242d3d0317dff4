"""A scenario with payout alone: answers and verdicts come in any order, late and twice."""

from collections.abc import Callable
from datetime import datetime, timedelta

from services.payout.service import build
from shared.contracts import envelope
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.earnings import EarningAccrued, EarningConfirmed
from shared.contracts.events.model import Event
from shared.contracts.events.parts import OutputRef, Quote
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.topics import Names
from shared.pattern.service import Service
from tests.simulation.reading import events_on
from tests.support.world.kafka import Broker, SimHeld
from tests.support.world.kernel import START, Kernel, wait

TASKS = 12


class PayoutScenario:
    """Answers for a dozen tasks in two pools, and their verdicts."""

    indexes: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    whole_at: datetime | None = None

    def __init__(self, kernel: Kernel, broker: Broker) -> None:
        self._kernel = kernel
        self._broker = broker
        self._left = 0
        self.answered: set[tuple[str, str]] = set()
        self.judged: set[str] = set()

    def services(self) -> dict[str, Callable[[SimHeld], Service]]:
        """What runs."""
        return {"payout": lambda _: build(names=Names())}

    def start(self) -> None:
        """Put the senders on the schedule."""
        for number in range(TASKS):
            self._left += 1
            self._kernel.spawn(f"task {number}", self._task(number))

    def calm(self) -> None:
        """Nobody here has moods."""

    @property
    def sent(self) -> bool:
        """Whether all has been sent."""
        return not self._left

    async def _task(self, number: int) -> None:
        events = self._events(number)
        self._kernel.random.shuffle(events)
        await wait(self._kernel.random.random() * 40)
        for event in events:
            for _ in range(1 + (self._kernel.random.random() < 0.2)):
                self._broker.append(
                    envelope.encode(
                        event,
                        Names(),
                        source="test",
                        cause="c",
                        traceparent=envelope.derived_traceparent("t"),
                    )
                )
            if self._kernel.random.random() < 0.5:
                await wait(self._kernel.random.random() * 20)
        self._left -= 1

    def _events(self, number: int) -> list[Event]:
        pool, task = ("main", "other")[number % 2], f"task-{number}"
        workers = ("w", "auth0|w", "w:pending", "w/payable/USD")[: 1 + number % 4]
        self.answered |= {(task, worker) for worker in workers}
        self.judged.add(task)
        return [_verdict(pool, task), *(_answer(pool, task, worker) for worker in workers)]

    def problems(self) -> list[str]:
        """What is wrong at the end."""
        events = events_on(self._broker, "earnings")
        accrued = [e for e in events if isinstance(e, EarningAccrued)]
        confirmed = [e for e in events if isinstance(e, EarningConfirmed)]
        found = []
        for name, lines in (("accrued", accrued), ("confirmed", confirmed)):
            who = [(line.task_id, line.worker_id) for line in lines]
            found += [f"{name} twice: {w}" for w in sorted(set(who)) if who.count(w) > 1]
            found += [f"never {name}: {w}" for w in sorted(self.answered - set(who))]
            found += [f"{name} for nothing: {w}" for w in sorted(set(who) - self.answered)]
        return found


def _verdict(pool: str, task: str) -> VerdictReached:
    return VerdictReached(
        pool=pool,
        at=START,
        task_id=task,
        task_type="t",
        ref=OutputRef(source="s", id=task),
        by="people",
        answer="a",
        probability=1.0,
        distribution={"a": 1.0},
        stop_reason="confident",
        created_at=START,
    )


def _answer(pool: str, task: str, worker: str) -> AssignmentAnswered:
    return AssignmentAnswered(
        pool=pool,
        at=START,
        task_id=task,
        task_type="t",
        assignment_id=f"{task}-{worker}",
        worker_id=worker,
        place=0,
        turn=1,
        accept_by=START,
        answer_by=START + timedelta(hours=1),
        answer="a",
        late=False,
        answered_at=START,
        digest="d",
        quote=Quote(amount_minor=25, currency="USD", exponent=2),
    )
