"""The card of a service: what it is called, reads, writes, and rebuilds itself from."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.topics import Topic

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Card:
    """What a service is called, reads, writes, and rebuilds itself from.

    `also_folds` are the input topics that change its state without an event of its own.
    `tells` are the topics for others, published before the journal. `form` is the number of the
    form its state has in Redis: see `shared.state.version`.
    """

    service: str
    consumes: tuple[Topic, ...]
    journal: Topic
    also_folds: tuple[Topic, ...] = ()
    tells: tuple[Topic, ...] = ()
    timers: Topic | None = None
    form: int = 1

    @property
    def ending_kept_seconds(self) -> int:
        """Seconds for which this service's state remembers how a thing ended."""
        return ending_kept_seconds(self.consumes)


def ending_kept_seconds(consumed: Iterable[Topic]) -> int:
    """Return how long the reader of these topics must remember how a thing ended, in seconds.

    A record that comes again after its thing was forgotten would be handled as a new one. So an
    ending is remembered for a day longer than any record that is read can come again: than the
    longest retention and the day-long segment that a record outlives its retention in. A topic
    that is kept for ever does not count: its reader keeps what guards against it for ever.

    Example: `tasks`, kept for 30 days, and `responses`, kept for 7, give 30 + 1 + 1 = 32 days.
    """
    return _DAY + max(topic.readable_seconds or 0 for topic in consumed)
