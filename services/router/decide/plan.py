"""Collects one decision: its events, the conditions it depends on, and its writes to indexes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from services.router import lanes, rank
from services.router.decide.offers import offer_events, vacant_seat, withdrawal_events
from services.router.decide.relied_facts import ReliedFacts
from services.router.state import Seat, Task, Worker
from services.router.state.rating import OPEN
from shared.contracts.events.model import Event
from shared.contracts.events.parts import Why
from shared.pattern.clock import from_ms, to_ms
from shared.pattern.service import Decision
from shared.state.changes import Write


@dataclass(slots=True)
class Plan:
    """A decision in the making, to which each method adds what belongs together.

    now: the time of the decision. relies: conditions (guards) under which alone the commit makes
    it. events: to publish, in this order. index: writes that keep the lists of waiting tasks and
    free workers up to date.
    Example: `plan.offer(task, worker, why)` adds two events and the conditions on which they
    depend.
    """

    now: datetime
    relies: ReliedFacts = field(default_factory=ReliedFacts)
    events: list[Event] = field(default_factory=list)
    index: list[Write] = field(default_factory=list)
    _due: dict[str, Task] = field(default_factory=dict)

    def decision(self) -> Decision:
        """Return the finished decision: all events, conditions and index writes that were added."""
        # A task may change more than once in a plan: its deadline is written once, as it is last.
        due = (write for task in self._due.values() for write in lanes.task_due(task))
        return Decision.of(*self.events, relies=self.relies.guards, index=[*self.index, *due])

    def say(self, *events: Event) -> None:
        """Add events to publish, after those added before."""
        self.events += events

    def note(self, writes: Iterable[Write]) -> None:
        """Add writes to indexes. The commit checks no condition for them."""
        self.index += writes

    # --- seats -----------------------------------------------------------------------------------

    def offer(self, task: Task, worker: Worker, why: Why) -> tuple[Task, Worker]:
        """Add the offer of a task to a worker; return both as they are afterwards.

        Adds its events, and the conditions that the task and the worker's profile and presence have
        not changed since they were loaded and that the worker's place (unit of capacity) is still
        free. Raises ValueError if the worker has no free place.
        Example: task `wanted` 1 and a free worker: the returned task needs no other worker.
        """
        place = worker.next_place
        if place is None:
            raise ValueError("the worker has no place left: look before offering")
        # State keeps milliseconds: a finer deadline would come back otherwise than it was signed.
        seat = vacant_seat(task, worker.worker_id, place=place, now=from_ms(to_ms(self.now)))
        number, turn = place
        self.relies.add_task(task)
        self.relies.add_worker(worker)
        let_in = rank.entry(task, worker) or OPEN
        if let_in is not OPEN:
            self.relies.add_rating(worker, task.rules.task_type)
        self.relies.add_free_place(worker, number, turn)
        # Only now: what follows in this plan may not guard the place as it was before the offer.
        self.relies.change_place(worker.worker_id, number)
        self.say(*offer_events(task, seat, why=why, at=self.now, let_in=let_in))
        task = task.with_seat(seat)
        self.watch(task)
        return task, worker.with_turn(number, turn, to_ms(self.now))

    def withdraw(self, seat: Seat, reason: str, over_at: datetime) -> None:
        """Add the two events that take an offer back: one for the worker, one for the journal.

        `over_at` is when the `reason` arose.
        """
        self.say(*withdrawal_events(seat, reason=reason, over_at=over_at, at=self.now))

    def end_turn(self, worker: Worker, seat: Seat) -> Worker:
        """Return the worker with the unit of capacity free again that this ended offer took up.

        The caller adds the event that ends the offer.
        """
        facts = seat.facts
        self.relies.change_place(worker.worker_id, facts.place)
        return worker.without_turn(facts.place, facts.turn, to_ms(self.now))

    # --- what the lanes list ---------------------------------------------------------------------

    def vacancies(self, task: Task) -> int:
        """Return how many more workers the task needs now: 0 after its deadline."""
        return task.vacancies if self.now < task.deadline_at else 0

    def watch(self, task: Task) -> None:
        """Note that the task's next deadline must be written to the index of deadlines.

        It is written once, as the task is at the end of the plan.
        """
        self._due[task.task_id] = task

    def list_task(self, task: Task) -> None:
        """Add the write that lists a task as waiting, or removes it if it needs no worker now."""
        if task.vacancies:
            self.note(lanes.task_waits(task))
        else:
            for lane in lanes.lanes_of(task):
                self.note(lanes.task_left(task.pool, lane, task.task_id))

    def take_out_task(self, lane: str, task: Task) -> None:
        """Add the write that removes a task from an index, since it needs no more workers.

        Adds the condition that the task has not changed since it was loaded.
        """
        self.relies.add_task(task)
        self.note(lanes.task_left(task.pool, lane, task.task_id))

    def list_worker(self, worker: Worker, *lane: str) -> None:
        """Add the writes that list a worker as free, or remove them if they can take no more.

        Each `lane` names an index to do it in (one per requirement); without any, all of the
        worker's are meant.
        Example: after an offer took their last unit of capacity, the worker is removed.
        """
        if worker.next_place is None:
            self.take_out_worker(worker, *lane)
        else:
            self.note(lanes.worker_waits(worker, lane or None))

    def take_out_worker(self, worker: Worker, *lane: str) -> None:
        """Add the writes that remove a worker from the free ones of these lanes, or of all.

        For a worker who can take no more tasks. Adds the conditions that they still hold the same
        assignments, and that their profile and presence have not changed.
        Example: without `lane` the worker is removed from each lane that lists them.
        """
        self.relies.add_worker(worker)
        # Were a place to become free meanwhile, nobody would list this worker again.
        self.relies.add_held_places(worker)
        self.note(lanes.worker_left(worker, lane or None))

    def release(self, worker: Worker) -> None:
        """Add the writes that list a worker as free in all their lanes, since an assignment ended.

        A lane is the index for one requirement. The worker is listed even if they are not available
        now: a presence that changes at this very moment would see the ended assignment still held,
        and then neither decision would list the worker.
        Example: an answer frees a worker while their `paused` is decided on in another batch.
        """
        self.relies.add_profile(worker)
        self.note(lanes.worker_waits(worker))
