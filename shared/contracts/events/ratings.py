"""The `ratings` topic, written by qa: how often each worker is right on each task type."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.events.model import Event, Id, Moment, Name, natural_id
from shared.contracts.part import Part, Probability
from shared.contracts.topics import RATINGS, Topic

ERA_SECONDS = 60
"""An era begins at a whole minute."""
BestKnownOf = Annotated[int, Field(ge=2, le=4)]
"""Of how many free people the best known is asked; more are not looked at together."""
_COUNT_BITS = 27
_COUNT_MAX = (1 << _COUNT_BITS) - 1
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_LOWER_SCALE = 10_000


def standing_order(era: datetime, count: int) -> int:
    """Return a number below 2**53 that is the higher, the later the era and then the more answers.

    Of two ratings of one worker the one with the higher number stands, whichever is read first.
    Example: 3 answers of a later era stand above 400 of the one before.
    """
    minutes = int((era - _FIRST).total_seconds()) // ERA_SECONDS
    return (minutes << _COUNT_BITS) + min(count, _COUNT_MAX)


def era_and_count(order: int) -> tuple[datetime, int]:
    """Return the era and the count of which `standing_order` made this number."""
    minutes, count = order >> _COUNT_BITS, order & _COUNT_MAX
    return datetime.fromtimestamp(_FIRST.timestamp() + minutes * ERA_SECONDS, UTC), count


@dataclass(frozen=True, slots=True)
class KeptRating:
    """The part of a rating that services keep: its era, the answers behind it, its lower bound."""

    era: datetime
    count: int
    lower: float

    @classmethod
    def of(cls, text: str) -> "KeptRating":
        """Return the rating of which `text` was made."""
        order, _, lower = text.partition(" ")
        return cls(*era_and_count(int(order)), int(lower) / _LOWER_SCALE)

    @property
    def order(self) -> int:
        """The number by which the later of two is known."""
        return standing_order(self.era, self.count)

    @property
    def text(self) -> str:
        """The rating as a text that begins with the number by which the later of two is known.

        Behind a blank follows the lower bound in ten-thousandths. Example: `1889785611518025 8123`.
        """
        return f"{self.order} {round(self.lower * _LOWER_SCALE)}"


class SeenRating(Part):
    """What of a worker's rating an offer relied on: the lower bound, and the answers behind it."""

    lower: Probability
    count: Annotated[int, Field(ge=1)]


class LastLesson(Part):
    """Why a rating moved last: the worker's answer to this task was one that others agreed with.

    `agreed` is whether the others made it more probable than not.
    """

    task_id: Id
    agreed: bool


class RatingAnnounced(Part):
    """What a fact of qa's journal says of a rating that it announced: its number and its bound."""

    worker_id: Id
    era: Moment
    count: Annotated[int, Field(ge=1)]
    lower: Probability

    @property
    def order(self) -> int:
        """The number by which the later of two ratings is known."""
        return self.kept.order

    @property
    def kept(self) -> KeptRating:
        """The part of it that services keep."""
        return KeptRating(self.era, self.count, self.lower)


class WorkerRated(Event):
    """How often a worker is right on a task type, as far as the answers of others can tell.

    `mean` is the estimate and `lower` to `upper` its 95 % interval; `count` is the number of
    answers behind it, of which later ones count more. `era` is when this count began: it begins
    anew where qa's state was made from a journal that had lost its beginning. Of two ratings the
    one with the later era, then the higher count stands, not the later record. `last` is why it
    moved last; absent where it was announced without a lesson.
    """

    TYPE: ClassVar[str] = "worker.rated.v1"
    TOPIC: ClassVar[Topic] = RATINGS

    task_type: Name
    worker_id: Id
    mean: Probability
    lower: Probability
    upper: Probability
    count: Annotated[int, Field(ge=1)]
    era: Moment
    caused_by: Id
    last: LastLesson | None = None

    @property
    def key(self) -> str:
        """Pool, task type and worker, parted by blanks, which are in none of the three."""
        return f"{self.pool} {self.task_type} {self.worker_id}"

    @property
    def order(self) -> int:
        """The number by which the later of two ratings is known."""
        return self.kept.order

    @property
    def kept(self) -> KeptRating:
        """The part of it that services keep."""
        return KeptRating(self.era, self.count, self.lower)

    @property
    def event_id(self) -> str:
        """One id for each worker, task type, task that caused it, and time at which it was said.

        A rating that is decided again after a loss of Redis may come to another number.
        """
        about = self.pool, self.task_type, self.worker_id, self.caused_by
        return natural_id(self.TYPE, *about, self.at.isoformat())


EVENTS: tuple[type[Event], ...] = (WorkerRated,)
