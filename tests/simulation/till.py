"""The pattern under contention: every process takes money for the same two tills at once.

A service made for this alone. Tickets are spread over all partitions, so that the processes always
meet at the tills; each entry numbers itself and states the running total, so that a decision on
anything but the till as it was at the commit breaks the chain.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.contracts import envelope
from shared.contracts.card import Card
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.earnings import EarningAccrued
from shared.contracts.events.model import Event, natural_id
from shared.contracts.events.parts import Quote
from shared.contracts.topics import ASSIGNMENTS, EARNINGS, Names
from shared.pattern.service import Decision, Folds, Loading, Service, on
from shared.state.changes import Change, absent, hash_of, increment, put_fields
from shared.state.view import View
from tests.simulation.reading import events_on
from tests.support.world.kafka import Broker, SimHeld
from tests.support.world.kernel import START, Kernel, wait

TICKETS = 60
TILLS = ("till-a", "till-b")
CARD = Card(service="payout", consumes=(ASSIGNMENTS,), journal=EARNINGS)


@dataclass(frozen=True, slots=True)
class Till:
    """What was taken so far."""

    tickets: frozenset[str]
    total: int


def _key(till: str) -> str:
    return f"{{payout:main}}:till:{till}"


def _till(ticket: AssignmentAnswered, view: View) -> Till:
    fields = view.hash(_key(ticket.worker_id))
    tickets = frozenset(name for name in fields if name.startswith("ticket"))
    return Till(tickets, int(fields.get("total", "0")))


def _take(ticket: AssignmentAnswered, till: Till, now: datetime) -> Decision:
    if ticket.task_id in till.tickets:
        return Decision.done()
    total = till.total + ticket.quote.amount_minor
    return Decision.of(
        EarningAccrued(
            pool=ticket.pool,
            at=now,
            task_id=ticket.task_id,
            task_type="t",
            assignment_id=ticket.assignment_id,
            worker_id=ticket.worker_id,
            line_id=natural_id(ticket.task_id),
            quote=ticket.quote,
            entries=(),
            computation=json.dumps([len(till.tickets) + 1, total]),
        )
    )


folds = Folds()


@folds.of(EarningAccrued)
def _taken(entry: EarningAccrued) -> Iterable[Change]:
    key = _key(entry.worker_id)
    yield Change(
        aggregate=key,
        guards=(absent(key, entry.task_id),),
        writes=(
            put_fields(key, {entry.task_id: entry.computation}),
            increment(key, {"total": entry.quote.amount_minor}),
        ),
    )


_loading: Loading[AssignmentAnswered, Till] = Loading(
    reads=lambda ticket: (hash_of(_key(ticket.worker_id)),),
    state=_till,
    aggregates=lambda ticket: (_key(ticket.worker_id),),
)


def _slot(event: Event) -> str:
    return f"{{payout:{event.pool}}}"


def _service(_: SimHeld) -> Service:
    rows = (on(AssignmentAnswered, load=_loading, decide=_take),)
    return Service(card=CARD, rows=rows, folds=folds, slot=_slot, names=Names(), pipelines=2)


class TillScenario:
    """Sixty tickets at two tills, in bursts."""

    indexes: tuple[str, ...] = ()
    spared = ("rollback", "empty")
    whole_at: datetime | None = None
    """What was lost with Redis before it was published is decided anew, with other numbers."""

    def __init__(self, kernel: Kernel, broker: Broker) -> None:
        self._kernel = kernel
        self._broker = broker
        self._left = TICKETS

    def services(self) -> dict[str, Callable[[SimHeld], Service]]:
        """What runs."""
        return {"payout": _service}

    def start(self) -> None:
        """Put the customers on the schedule."""
        for number in range(TICKETS):
            self._kernel.spawn(f"ticket {number}", self._buy(number))

    def calm(self) -> None:
        """Customers have no moods."""

    @property
    def sent(self) -> bool:
        """Whether everybody has paid."""
        return not self._left

    async def _buy(self, number: int) -> None:
        await wait((number // 10) * 9 + self._kernel.random.random() * 2)
        event = _ticket(number)
        trace = envelope.derived_traceparent("t")
        for _ in range(1 + (self._kernel.random.random() < 0.2)):
            self._broker.append(
                envelope.encode(event, Names(), source="test", cause="c", traceparent=trace)
            )
        self._left -= 1

    def problems(self) -> Iterable[str]:
        """Where a chain is broken, or a ticket was lost or counted twice."""
        entries = [e for e in events_on(self._broker, "earnings") if isinstance(e, EarningAccrued)]
        for till in TILLS:
            mine = [entry for entry in entries if entry.worker_id == till]
            yield from _broken(
                till, sorted(((*json.loads(e.computation), e.quote) for e in mine), key=_number)
            )
        if len(entries) != TICKETS:
            yield f"{TICKETS} tickets and {len(entries)} entries"


def _number(entry: tuple[int, int, Quote]) -> int:
    return entry[0]


def _broken(till: str, chain: list[tuple[int, int, Quote]]) -> Iterable[str]:
    total = 0
    for expected, (number, stated, quote) in enumerate(chain, start=1):
        total += quote.amount_minor
        if (number, stated) != (expected, total):
            yield f"{till}: entry {expected} says it is number {number} and the total is {stated}"
            return


def _ticket(number: int) -> AssignmentAnswered:
    return AssignmentAnswered(
        pool="main",
        at=START,
        task_id=f"ticket-{number}",
        task_type="t",
        assignment_id=f"a-{number}",
        worker_id=TILLS[number % 2],
        place=0,
        turn=1,
        accept_by=START,
        answer_by=START + timedelta(hours=1),
        answer="a",
        late=False,
        answered_at=START,
        digest="d",
        quote=Quote(amount_minor=number + 1, currency="USD", exponent=2),
    )
