"""A record that ends every process that decides it becomes a dead letter, wherever it comes."""

from dataclasses import replace

import pytest

from services.payout.service import build
from shared.contracts import envelope
from shared.contracts.errors import Reason
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.earnings import EarningAccrued
from shared.contracts.topics import ASSIGNMENTS, DEAD_LETTERS, Names
from shared.pattern.service import Decision, Row, Service
from tests.simulation.process import LIMITS, Process, World
from tests.simulation.reading import events_on
from tests.support.builders import an_answer
from tests.support.world.kafka import Broker, SimHeld
from tests.support.world.kernel import Kernel
from tests.support.world.redis import Server

ANSWERS = 60
STEPS_MAX = 60_000
IN_PARTITION = ANSWERS // ASSIGNMENTS.partitions
DEATHS_MAX = 2 * LIMITS.crashes_max + IN_PARTITION
"""A process dies `crashes_max` times until it takes a batch event by event, and as often until it
puts the event out. Some deaths come before: a fetch here ends anywhere, and each death after which
another record of the partition is the first counts anew."""


class Died(BaseException):
    """What no process survives."""


def _fatal(service: Service, task_id: str) -> Service:
    def fatal(row: Row) -> Row:  # type: ignore[type-arg]
        def decide(event: AssignmentAnswered, *more: object) -> Decision:
            if getattr(event, "task_id", "") == task_id:
                raise Died
            return row.decide(event, *more)  # type: ignore[arg-type]

        return replace(row, decide=decide) if row.event is AssignmentAnswered else row

    return replace(service, rows=tuple(fatal(row) for row in service.rows))


def _send(broker: Broker, number: int) -> None:
    answer = an_answer("w-1", task_id=f"t-{number}")
    trace = envelope.derived_traceparent("t")
    broker.append(envelope.encode(answer, Names(), source="router", cause="c", traceparent=trace))


class _Life:
    """One process after the other, each up to its death."""

    def __init__(self, seed: int, poison: int) -> None:
        self.kernel = Kernel(seed)
        self.broker = Broker(self.kernel)
        self._world = World(self.kernel, self.broker, Server(self.kernel))
        self._service = _fatal(build(names=Names()), f"t-{poison}")
        self.deaths = 0

    def dead_letters(self) -> list[str | None]:
        return [record.header("dl_reason") for record in self.broker.of(DEAD_LETTERS["payout"])]

    def paid(self) -> int:
        accrued = [e for e in events_on(self.broker, "earnings") if isinstance(e, EarningAccrued)]
        assert len({event.task_id for event in accrued}) == len(accrued)
        return len(accrued)

    def live(self) -> None:
        process = Process(self._world, self._service, SimHeld(self.broker, "payout", "payout-0"))
        process.start()
        try:
            assert self.kernel.run(self._is_over, steps_max=STEPS_MAX)
        except Died:
            self.deaths += 1
        process.kill()

    def _is_over(self) -> bool:
        return bool(self.dead_letters()) and self.paid() == ANSWERS - 1


@pytest.mark.parametrize("seed", range(12))
def test_a_poison_in_the_middle_of_a_gather_becomes_a_dead_letter(seed: int) -> None:
    life = _Life(seed, poison=ANSWERS // 2 + seed)
    for number in range(ANSWERS):
        _send(life.broker, number)

    while not life.dead_letters() and life.deaths <= DEATHS_MAX:
        life.live()

    assert life.dead_letters() == [Reason.CRASH_LOOP.value]
    assert life.deaths <= DEATHS_MAX
    assert life.paid() == ANSWERS - 1
