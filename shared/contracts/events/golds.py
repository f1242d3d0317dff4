"""Golds: questions whose right answers are known, mixed in among others to measure people.

The operator lists them on `golds`, and qa alone decides who is asked which. Which task is one is
said on qa's own topics, and nowhere a worker reads.
"""

from collections.abc import Iterable
from operator import not_
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.events.model import BorderEvent, Event, Id, Moment, Name, OfTask, natural_id
from shared.contracts.events.parts import Output
from shared.contracts.questions import GivenAnswer
from shared.contracts.topics import GOLDS, PLACEMENTS, QA_TIMERS, Topic

REVISION_MAX = 10**10
"""A revision may be the time in seconds."""
GOLDS_MAX = 1000
"""Golds of one task type; qa asks none beyond."""
PEOPLE_MAX = 20
"""People who are asked one gold together."""
PLACED_MAX = 100
"""Times that one gold is asked, at most."""
NONCE_MAX = 64
"""Letters of a nonce."""
KEPT_FROM_MAX = 200
"""People from whom one gold is kept because they know it otherwise."""


def gold_key(pool: str, task_type: str, gold_id: str) -> str:
    """Return the key of a gold's records: the three parted by blanks, which are in none of them."""
    return f"{pool} {task_type} {gold_id}"


def gold_task_id(key: str, number: int, *, revision: int, nonce: str, people: Iterable[str]) -> str:
    """Return the id of the task that one placing of a gold becomes; it looks like any other's.

    `key` names the gold, `number` counts its placings, `people` are asked. Of another revision or
    with other people it is another task, so no id ever has two contents. Without the `nonce` those
    who guess the gold's name could compute it, and know which of their tasks is one.
    """
    return natural_id("gold", nonce, key, number, revision, *people)


class GoldListed(BorderEvent):
    """A gold as the operator lists it, whole: it replaces the one before.

    `output` is what people are shown, in the form of every output of its task type; `truth` is the
    right answer. `revision` rises with each change: one that qa has suspended is asked again once
    it is listed with a higher one. `people` are asked together, at most `placed_max` times in all,
    nobody twice, and nobody in `not_for`. `suspended` takes it out, for this `reason`. Nobody can
    guess the `nonce`: the ids of its tasks follow from it.
    """

    TYPE: ClassVar[str] = "gold.listed.v1"
    TOPIC: ClassVar[Topic] = GOLDS

    task_type: Name
    gold_id: Id
    revision: Annotated[int, Field(ge=1, le=REVISION_MAX)] = 1
    output: Output
    truth: GivenAnswer
    people: Annotated[int, Field(ge=1, le=PEOPLE_MAX)] = 1
    placed_max: Annotated[int, Field(ge=1, le=PLACED_MAX)] = 20
    not_for: Annotated[list[Id], Field(max_length=KEPT_FROM_MAX)] = Field(default_factory=list)
    nonce: Annotated[str, Field(max_length=NONCE_MAX, exclude_if=not_)] = ""
    suspended: bool = False
    reason: Annotated[str, Field(max_length=500)] | None = None

    @property
    def key(self) -> str:
        """Pool, task type and gold, parted by blanks, which are in none of the three."""
        return gold_key(self.pool, self.task_type, self.gold_id)

    @property
    def event_id(self) -> str:
        """One id for each gold and revision."""
        return natural_id(self.TYPE, self.key, self.revision)


class GoldPlaced(OfTask):
    """This task is a gold: `only_for` are asked, and their answers are compared with `truth`.

    `number` counts how often the gold was placed, from 1 on.
    """

    TYPE: ClassVar[str] = "gold.placed.v1"
    TOPIC: ClassVar[Topic] = PLACEMENTS

    task_type: Name
    gold_id: Id
    revision: int
    number: Annotated[int, Field(ge=1)]
    truth: GivenAnswer
    only_for: tuple[Id, ...]

    @property
    def gold_key(self) -> str:
        """The gold's name: pool, task type and gold, parted by blanks."""
        return gold_key(self.pool, self.task_type, self.gold_id)

    @property
    def key(self) -> str:
        """The gold and the number of this placing: none replaces another where topics compact."""
        return f"{self.gold_key} {self.number}"

    @property
    def event_id(self) -> str:
        """One id for each task."""
        return natural_id(self.TYPE, self.task_id)


class GoldSuspended(Event):
    """Enough trusted people contradict what a gold takes for right: it is asked no more.

    Of them `against` said otherwise and `agreed` the same, as far as this revision was asked. It
    stays so until the operator lists the gold with a higher revision.
    """

    TYPE: ClassVar[str] = "gold.suspended.v1"
    TOPIC: ClassVar[Topic] = PLACEMENTS

    task_type: Name
    gold_id: Id
    revision: int
    against: Annotated[int, Field(ge=1)]
    agreed: Annotated[int, Field(ge=0)]

    @property
    def gold_key(self) -> str:
        """The gold's name: pool, task type and gold, parted by blanks."""
        return gold_key(self.pool, self.task_type, self.gold_id)

    @property
    def key(self) -> str:
        """The gold and a word: the last suspension replaces those before."""
        return f"{self.gold_key} suspended"

    @property
    def event_id(self) -> str:
        """One id for each gold and revision."""
        return natural_id(self.TYPE, self.gold_key, self.revision)


class GoldDue(Event):
    """These workers are to be asked one of their task type's golds, or a gold is to be looked at.

    `worker_ids`: who is asked. `gold_ids`: among which golds one is chosen, in this order; without
    them the golds are looked through first. Without workers the golds are looked at, whether people
    contradict them. `skipped` golds that come before were all seen. `trace_flags` are those of the
    traces in which other tasks of this type come, empty where upstream names none.
    """

    TYPE: ClassVar[str] = "gold.due.v1"
    TOPIC: ClassVar[Topic] = QA_TIMERS

    task_type: Name
    due_at: Moment
    worker_ids: Annotated[tuple[Id, ...], Field(exclude_if=not_)] = ()
    gold_ids: Annotated[tuple[Id, ...], Field(exclude_if=not_)] = ()
    skipped: int = 0
    trace_flags: str = ""

    @property
    def key(self) -> str:
        """The task type."""
        return self.task_type

    @property
    def event_id(self) -> str:
        """One id for each announcement, and for each step that follows from it."""
        about = *self.worker_ids, "|", *self.gold_ids
        times = self.due_at.isoformat(), self.at.isoformat()
        return natural_id(self.TYPE, self.pool, self.task_type, self.skipped, *about, *times)


EVENTS: tuple[type[Event], ...] = (GoldListed, GoldPlaced, GoldSuspended, GoldDue)
