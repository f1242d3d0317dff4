"""Turns the facts a decision depends on into guards: conditions that the commit checks in Redis.

If one has changed since it was loaded, the commit makes nothing of the decision.
"""

from dataclasses import dataclass, field
from itertools import count

from services.router import keys
from services.router.state import Task, Worker
from shared.state.changes import REVISION, Guard, absent, field_below, field_is


@dataclass(slots=True)
class ReliedFacts:
    """Guards (conditions on Redis fields) of one decision, each once.

    own: id of the task whose revision the commit checks without a guard. arriving: id of the worker
    whose new presence the same record brings. A guard names the value that was loaded, or that an
    earlier record of the batch is about to write: if that record fails, this decision fails too.
    Example: an offer depends on the task's revision, on the worker's profile and presence, and on
    the worker's place (unit of capacity) being free.
    """

    own: str = ""
    arriving: str = ""
    guards: dict[Guard, None] = field(default_factory=dict)
    _changed_places: set[tuple[str, int]] = field(default_factory=set)

    def add(self, *guards: Guard) -> None:
        """Add guards: the commit makes the decision only if all of them hold."""
        for guard in guards:
            self.guards[guard] = None

    def add_task(self, task: Task) -> None:
        """Add the guard that the task's revision number is still the loaded one."""
        if task.task_id == self.own:
            return
        key = keys.task(task.pool, task.task_id)
        never_changed = task.revision == "0"
        self.add(absent(key, REVISION) if never_changed else field_is(key, REVISION, task.revision))

    def add_profile(self, worker: Worker) -> None:
        """Add the guard that the worker's profile is still the loaded one."""
        key = keys.worker(worker.pool, worker.worker_id)
        self.add(_unchanged(key, "profile_at", worker.profile_order))

    def add_worker(self, worker: Worker) -> None:
        """Add the guards that the worker's profile and presence are still the loaded ones."""
        self.add_profile(worker)
        self.add_presence(worker)

    def add_presence(self, worker: Worker) -> None:
        """Add the guard that the worker's presence is still the loaded one."""
        key, order = keys.worker(worker.pool, worker.worker_id), worker.presence_order
        if worker.worker_id == self.arriving:
            # The same commit writes this very presence: only a later one may not be there yet.
            self.add(field_below(key, "presence_at", order + 1))
        else:
            self.add(_unchanged(key, "presence_at", order))

    def add_rating(self, worker: Worker, task_type: str) -> None:
        """Add the guard that the worker's rating on a task type is still the loaded one."""
        key, name = keys.worker(worker.pool, worker.worker_id), keys.rated(task_type)
        held = worker.rated.get(task_type)
        self.add(absent(key, name) if held is None else field_is(key, name, held))

    def add_free_place(self, worker: Worker, place: int, turn: int) -> None:
        """Add the guards that a worker's place is free and this turn in it was not offered yet.

        A place is a unit of the worker's capacity, and a turn the number of an assignment in it.
        Example: place 0, turn 4: turn 3 has ended, and no turn 4 was offered.
        """
        key, last_turn = keys.places(worker.pool, worker.worker_id), turn - 1
        self.add(field_below(key, f"{place}{keys.TURN}", turn))
        if (worker.worker_id, place) not in self._changed_places:
            self.add(_unchanged(key, f"{place}{keys.ENDED}", last_turn or -1))

    def add_held_places(self, worker: Worker) -> None:
        """Add the guards that each place (unit of capacity) that the worker holds is held still."""
        key = keys.places(worker.pool, worker.worker_id)
        for place, turn in worker.busy:
            if (worker.worker_id, place) not in self._changed_places:
                self.add(field_below(key, f"{place}{keys.TURN}", turn + 1))
                self.add(field_below(key, f"{place}{keys.ENDED}", turn))

    def add_every_turn(self, worker: Worker) -> None:
        """Add the guards that nothing was offered to the worker since they were loaded.

        An offer takes the lowest free place (unit of capacity): one that is known, or the next.
        """
        key = keys.places(worker.pool, worker.worker_id)
        for number, place in worker.places.items():
            # A turn is only ever raised, and a place with none has no such field.
            self.add(field_below(key, f"{number}{keys.TURN}", place.turn + 1))
        unused = next(number for number in count() if number not in worker.places)
        self.add(absent(key, f"{unused}{keys.TURN}"))

    def change_place(self, worker_id: str, place: int) -> None:
        """Remember that this decision itself offers or ends an assignment in this place.

        A place is a unit of the worker's capacity. From now on no guard is added for its loaded
        value, which this decision's own write replaces: such a guard would always fail.
        Example: an assignment ends and the next one is offered, both in one decision.
        """
        self._changed_places.add((worker_id, place))


def _unchanged(key: str, name: str, number: int) -> Guard:
    """Return the guard that a field still has this number; a negative one means: does not exist."""
    return absent(key, name) if number < 0 else field_is(key, name, number)
