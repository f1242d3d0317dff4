"""What one decision will announce: gathered here, each offer with the facts it relies on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from services.router import keys, lanes, rank
from services.router.state import (
    Seat,
    Task,
    WaitingTask,
    Worker,
)
from shared.contracts.events.assignments import AssignmentOffered, AssignmentWithdrawn
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade, OfferWithdrawn
from shared.contracts.events.parts import Claims, Why
from shared.pattern.clock import from_ms, to_ms
from shared.pattern.service import Decision
from shared.state.changes import REVISION, Guard, Write, absent, field_below, field_is

F = TypeVar("F", bound=Event)


@dataclass(slots=True)
class Plan:
    """A decision in the making.

    `own` is the task whose revision the record guards anyway, `arriving` the worker whose own
    presence the record is. Facts are relied on exactly as they were seen: what an earlier record
    of the batch has written may still be in conflict, and then nothing that was built on it holds.
    """

    now: datetime
    own: str = ""
    arriving: str = ""
    events: list[Event] = field(default_factory=list)
    relies: dict[Guard, None] = field(default_factory=dict)
    index: list[Write] = field(default_factory=list)
    _due: dict[str, Task] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _moved: set[tuple[str, int]] = field(default_factory=set)

    def decision(self) -> Decision:
        """What was gathered."""
        due = (write for task in self._due.values() for write in lanes.task_due(task))
        return Decision.of(*self.events, relies=self.relies, index=[*self.index, *due])

    def say(self, *events: Event) -> None:
        """Announce these."""
        self.events += events

    def note(self, writes: Iterable[Write]) -> None:
        """Keep the index."""
        self.index += writes

    def rely(self, *guards: Guard) -> None:
        """Hold the commit to these facts."""
        self.relies.update(dict.fromkeys(guards))

    def rely_on_task(self, task: Task) -> None:
        """Hold the commit to the task as it was loaded."""
        if task.task_id == self.own or task.task_id in self._seen:
            return
        self._seen.add(task.task_id)
        key = keys.task(task.pool, task.task_id)
        unheard_of = task.revision == "0"
        self.rely(absent(key, REVISION) if unheard_of else field_is(key, REVISION, task.revision))

    def rely_on_profile(self, worker: Worker) -> None:
        """Hold the commit to the profile that was seen."""
        key = keys.worker(worker.pool, worker.worker_id)
        self.rely(_same(key, "profile_at", worker.profile_order))

    def rely_on_person(self, worker: Worker) -> None:
        """Hold the commit to the profile and the presence that were seen."""
        self.rely_on_profile(worker)
        key, order = keys.worker(worker.pool, worker.worker_id), worker.presence_order
        if worker.worker_id == self.arriving:
            self.rely(field_below(key, "presence_at", order + 1))
        else:
            self.rely(_same(key, "presence_at", order))

    def _rely_on_free(self, worker: Worker, place: int, turn: int) -> None:
        """Hold the commit to the place's last turn being over, and this one new."""
        key, ended = keys.places(worker.pool, worker.worker_id), turn - 1
        self.rely(field_below(key, f"{place}.turn", turn))
        if (worker.worker_id, place) not in self._moved:
            self.rely(_same(key, f"{place}.ended", ended or -1))

    def _rely_on_busy(self, worker: Worker) -> None:
        """Hold the commit to every held place being held still; not to those offered here."""
        key = keys.places(worker.pool, worker.worker_id)
        for place, turn in worker.busy:
            if (worker.worker_id, place) not in self._moved:
                self.rely(field_is(key, f"{place}.turn", turn))
                self.rely(field_below(key, f"{place}.ended", turn))

    def offer(self, task: Task, worker: Worker, why: Why) -> tuple[Task, Worker]:
        """Offer a seat; returns the task and the worker as they are then."""
        place = worker.next_place
        if place is None:
            raise ValueError("the worker has no place left: look before offering")
        seat = _seat(task, worker.worker_id, place, from_ms(to_ms(self.now)))
        self.rely_on_task(task)
        self.rely_on_person(worker)
        self._rely_on_free(worker, seat.place, seat.turn)
        self._moved.add((worker.worker_id, seat.place))
        self.say(*_offered(task, seat, why, self.now))
        task = task.with_seat(seat)
        self.watch(task)
        return task, worker.with_turn(seat.place, seat.turn, to_ms(self.now))

    def withdraw(self, seat: Seat, reason: str, over_at: datetime) -> None:
        """Take a seat back, and tell the worker."""
        letter = {
            "pool": seat.pool,
            "at": self.now,
            "task_id": seat.task_id,
            "assignment_id": seat.assignment_id,
            "worker_id": seat.worker_id,
            "reason": reason,
        }
        self.say(OfferWithdrawn.model_validate(letter))
        self.say(fact(AssignmentWithdrawn, seat, self.now, reason=reason, ended_at=over_at))

    def take_out_task(self, lane: str, task: Task) -> None:
        """The lane lists a task that has no vacant seat."""
        self.rely_on_task(task)
        self.note(lanes.task_left(task.pool, lane, task.task_id))

    def take_out_worker(self, worker: Worker, *lane: str) -> None:
        """These lanes list a worker who can take no more; of none named, all of theirs."""
        self.rely_on_person(worker)
        self._rely_on_busy(worker)
        self.note(lanes.worker_left(worker, lane or None))

    def vacancies(self, task: Task) -> int:
        """Seats to offer now; a task past its deadline has none."""
        return task.vacancies if self.now < task.deadline_at else 0

    def watch(self, task: Task) -> None:
        """The sweep looks at the task when the first thing of it is over."""
        self._due[task.task_id] = task

    def list_task(self, task: Task) -> None:
        """The lane lists the task exactly while it has a vacant seat."""
        if task.vacancies:
            self.note(lanes.task_waits(task))
        else:
            self.note(lanes.task_left(task.pool, task.rules.lane, task.task_id))

    def seek(self, task: Task, candidates: Iterable[Worker]) -> Task:
        """Offer the vacant seats to the longest idle; take out who is listed and not free."""
        candidates = list(candidates)
        for worker in candidates:
            if worker.next_place is None or not worker.meets(task.rules.requirement):
                self.take_out_worker(worker, task.rules.lane)
        found = rank.longest_idle(task, candidates)
        for worker in found[: self.vacancies(task)]:
            task, after = self.offer(task, worker, rank.why_longest_idle(task, len(found)))
            self.list_worker(after, task.rules.lane)
        return task

    def serve(self, worker: Worker, waiting: Iterable[WaitingTask]) -> Worker:
        """Offer what waits in a worker's lanes, oldest first; take out what does not wait.

        The task this decision is about is shown there as it was before: it is listed for itself.
        """
        for found in waiting:
            if worker.next_place is None:
                break
            if found.task.task_id == self.own:
                continue
            if not self.vacancies(found.task):
                self.take_out_task(found.lane, found.task)
            elif rank.eligible(found.task, worker):
                task, worker = self.offer(found.task, worker, rank.why_next(found.task))
                self.list_task(task)
        return worker

    def end_turn(self, worker: Worker, seat: Seat) -> Worker:
        """The worker after the seat's end, which this decision announces."""
        self._moved.add((worker.worker_id, seat.place))
        return worker.without_turn(seat.place, seat.turn, to_ms(self.now))

    def release(self, worker: Worker) -> None:
        """A place of theirs is free: list them in all their lanes.

        Whether they can take more is not asked: a presence that changes at this very moment would
        see the place held, and neither would list them.
        """
        self.rely_on_profile(worker)
        self.note(lanes.worker_waits(worker))

    def list_worker(self, worker: Worker, *lane: str) -> None:
        """These lanes list the worker exactly while they can take more."""
        if worker.next_place is None:
            self.take_out_worker(worker, *lane)
        else:
            self.note(lanes.worker_waits(worker, lane or None))


def _same(key: str, name: str, number: int) -> Guard:
    """The field is as it was seen; a negative number stands for none."""
    return absent(key, name) if number < 0 else field_is(key, name, number)


def _seat(task: Task, worker_id: str, place: tuple[int, int], now: datetime) -> Seat:
    accept_by = now + timedelta(seconds=task.rules.accept_seconds)
    return Seat(
        pool=task.pool,
        task_id=task.task_id,
        task_type=task.rules.task_type,
        worker_id=worker_id,
        place=place[0],
        turn=place[1],
        accept_by=accept_by,
        answer_by=accept_by + timedelta(seconds=task.rules.answer_seconds),
    )


def _offered(task: Task, seat: Seat, why: Why, now: datetime) -> tuple[Event, Event]:
    rules = task.rules
    claims = Claims(
        pool=task.pool,
        task_id=task.task_id,
        task_type=rules.task_type,
        lane=rules.lane,
        assignment_id=seat.assignment_id,
        worker_id=seat.worker_id,
        place=seat.place,
        turn=seat.turn,
        quote=rules.quote,
        options=rules.options,
        accept_by=seat.accept_by,
        answer_by=seat.answer_by,
    )
    letter = OfferMade(
        pool=task.pool,
        at=now,
        claims=claims,
        question=rules.question,
        output=task.content.output,
        why=why,
    )
    return letter, fact(AssignmentOffered, seat, now, quote=rules.quote, why=why)


def fact(kind: type[F], seat: Seat, now: datetime, **more: object) -> F:
    """An event about an assignment; each repeats the facts of the assignment."""
    return kind.model_validate(
        {
            "pool": seat.pool,
            "at": now,
            "task_id": seat.task_id,
            "task_type": seat.task_type,
            "assignment_id": seat.assignment_id,
            "worker_id": seat.worker_id,
            "place": seat.place,
            "turn": seat.turn,
            "accept_by": seat.accept_by,
            "answer_by": seat.answer_by,
            **more,
        }
    )
