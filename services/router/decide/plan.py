"""The plan of one decision: its events, the facts it relies on, and its index writes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from services.router import lanes
from services.router.decide.offers import offer_events, vacant_seat, withdrawal_events
from services.router.decide.relied_facts import ReliedFacts
from services.router.state import Seat, Task, Worker
from shared.contracts.events.model import Event
from shared.contracts.events.parts import Why
from shared.pattern.clock import from_ms, to_ms
from shared.pattern.service import Decision
from shared.state.changes import Write


@dataclass(slots=True)
class Plan:
    """A decision in the making.

    A decision calls the methods in the order in which things happen; each method adds the events,
    the index writes and the guards that belong together, so that none of them can be forgotten.
    Example: `plan.offer(task, worker, why)` adds two events and the guards that hold them.
    """

    now: datetime
    relies: ReliedFacts = field(default_factory=ReliedFacts)
    events: list[Event] = field(default_factory=list)
    index: list[Write] = field(default_factory=list)
    _due: dict[str, Task] = field(default_factory=dict)

    def decision(self) -> Decision:
        """Return the decision that was gathered."""
        # A task may change more than once in a plan: its deadline is written once, as it is last.
        due = (write for task in self._due.values() for write in lanes.task_due(task))
        return Decision.of(*self.events, relies=self.relies.guards, index=[*self.index, *due])

    def say(self, *events: Event) -> None:
        """Announce these events, after those announced before."""
        self.events += events

    def note(self, writes: Iterable[Write]) -> None:
        """Write these index entries; no guard of theirs can fail the decision."""
        self.index += writes

    # --- seats -----------------------------------------------------------------------------------

    def offer(self, task: Task, worker: Worker, why: Why) -> tuple[Task, Worker]:
        """Offer a vacant seat; return the task and the worker as they are afterwards."""
        place = worker.next_place
        if place is None:
            raise ValueError("the worker has no place left: look before offering")
        # State keeps milliseconds: a finer deadline would come back otherwise than it was signed.
        seat = vacant_seat(task, worker.worker_id, place=place, now=from_ms(to_ms(self.now)))
        number, turn = place
        self.relies.add_task(task)
        self.relies.add_worker(worker)
        self.relies.add_free_place(worker, number, turn)
        # Only now: what follows in this plan may not guard the place as it was before the offer.
        self.relies.change_place(worker.worker_id, number)
        self.say(*offer_events(task, seat, why=why, at=self.now))
        task = task.with_seat(seat)
        self.watch(task)
        return task, worker.with_turn(number, turn, to_ms(self.now))

    def withdraw(self, seat: Seat, reason: str, over_at: datetime) -> None:
        """Take a seat back, and tell the worker."""
        self.say(*withdrawal_events(seat, reason=reason, over_at=over_at, at=self.now))

    def end_turn(self, worker: Worker, seat: Seat) -> Worker:
        """Return the worker as they are after the seat's end, which this decision announces."""
        facts = seat.facts
        self.relies.change_place(worker.worker_id, facts.place)
        return worker.without_turn(facts.place, facts.turn, to_ms(self.now))

    # --- what the lanes list ---------------------------------------------------------------------

    def vacancies(self, task: Task) -> int:
        """Return how many seats to offer now; a task past its deadline has none."""
        return task.vacancies if self.now < task.deadline_at else 0

    def watch(self, task: Task) -> None:
        """Have the sweep look at the task when the first of its deadlines is over."""
        self._due[task.task_id] = task

    def list_task(self, task: Task) -> None:
        """List the task in its lane while it has a vacant seat, and take it out otherwise."""
        if task.vacancies:
            self.note(lanes.task_waits(task))
        else:
            self.note(lanes.task_left(task.pool, task.rules.lane, task.task_id))

    def take_out_task(self, lane: str, task: Task) -> None:
        """Take a task without a vacant seat out of the lane that lists it."""
        self.relies.add_task(task)
        self.note(lanes.task_left(task.pool, lane, task.task_id))

    def list_worker(self, worker: Worker, *lane: str) -> None:
        """List the worker in these lanes while they can take more, and take them out otherwise.

        Without a lane it is done in all lanes of the worker.
        Example: after an offer took their last place, the worker is taken out.
        """
        if worker.next_place is None:
            self.take_out_worker(worker, *lane)
        else:
            self.note(lanes.worker_waits(worker, lane or None))

    def take_out_worker(self, worker: Worker, *lane: str) -> None:
        """Take a worker who can take no more out of these lanes, or of all where none is named."""
        self.relies.add_worker(worker)
        # Were a place to become free meanwhile, nobody would list this worker again.
        self.relies.add_held_places(worker)
        self.note(lanes.worker_left(worker, lane or None))

    def release(self, worker: Worker) -> None:
        """List a worker, one of whose places became free, in all their lanes.

        Whether the worker is available is not asked: a presence that changes at this very moment
        would see the place still held, and then neither of the two would list the worker.
        Example: an answer frees a place while `paused` is being decided in another batch.
        """
        self.relies.add_profile(worker)
        self.note(lanes.worker_waits(worker))
