"""The facts a decision relies on, as guards: the commit refuses the decision if one has changed."""

from dataclasses import dataclass, field

from services.router import keys
from services.router.state import Task, Worker
from shared.state.changes import REVISION, Guard, absent, field_below, field_is


@dataclass(slots=True)
class ReliedFacts:
    """The guards of one decision, each once.

    `own` is the task whose revision the record guards anyway; `arriving` is the worker whose new
    presence the record brings. Every fact is guarded exactly as the view shows it: an earlier
    record of the batch may have written it and still fail, and then this decision must fail too.
    Example: an offer relies on its task's revision, on the worker's profile and presence, and on
    the place being free.
    """

    own: str = ""
    arriving: str = ""
    guards: dict[Guard, None] = field(default_factory=dict)
    _changed_places: set[tuple[str, int]] = field(default_factory=set)

    def add(self, *guards: Guard) -> None:
        """Hold the commit to these guards too."""
        self.guards.update(dict.fromkeys(guards))

    def add_task(self, task: Task) -> None:
        """Hold the commit to the task's revision as it was loaded."""
        if task.task_id == self.own:
            return
        key = keys.task(task.pool, task.task_id)
        never_changed = task.revision == "0"
        self.add(absent(key, REVISION) if never_changed else field_is(key, REVISION, task.revision))

    def add_profile(self, worker: Worker) -> None:
        """Hold the commit to the worker's profile."""
        key = keys.worker(worker.pool, worker.worker_id)
        self.add(_unchanged(key, "profile_at", worker.profile_order))

    def add_worker(self, worker: Worker) -> None:
        """Hold the commit to the worker's profile and presence."""
        self.add_profile(worker)
        key, order = keys.worker(worker.pool, worker.worker_id), worker.presence_order
        if worker.worker_id == self.arriving:
            # The same commit writes this very presence: only a later one may not be there yet.
            self.add(field_below(key, "presence_at", order + 1))
        else:
            self.add(_unchanged(key, "presence_at", order))

    def add_free_place(self, worker: Worker, place: int, turn: int) -> None:
        """Hold the commit to the place's last turn having ended, and to this turn being new."""
        key, last_turn = keys.places(worker.pool, worker.worker_id), turn - 1
        self.add(field_below(key, f"{place}.turn", turn))
        if (worker.worker_id, place) not in self._changed_places:
            self.add(_unchanged(key, f"{place}.ended", last_turn or -1))

    def add_held_places(self, worker: Worker) -> None:
        """Hold the commit to every place the worker holds being held still."""
        key = keys.places(worker.pool, worker.worker_id)
        for place, turn in worker.busy:
            if (worker.worker_id, place) not in self._changed_places:
                self.add(field_is(key, f"{place}.turn", turn))
                self.add(field_below(key, f"{place}.ended", turn))

    def change_place(self, worker_id: str, place: int) -> None:
        """Note that this decision offers or ends a turn of the place.

        From then on the plan knows the place better than the store does: guarding the store's value
        would refuse every such decision.
        Example: a turn ends and the next one is offered, both in one decision.
        """
        self._changed_places.add((worker_id, place))


def _unchanged(key: str, name: str, number: int) -> Guard:
    """Return the guard that a field still has this number; a negative one stands for no field."""
    return absent(key, name) if number < 0 else field_is(key, name, number)
