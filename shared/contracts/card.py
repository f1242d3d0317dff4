"""The card of a service: its name, the topics it reads and writes, its state version."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.topics import Topic

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Card:
    """The name of a service, the topics it reads and writes, and those it rebuilds itself from.

    `consumes` are the topics it reads, and `journal` is the one it alone writes. State is the fold
    of the journal and of `also_folds`: the input topics that change state without an event of the
    service's own. `tells` are topics for others, published before the journal. `state_version` is
    the version of what it keeps in Redis (see `shared.state.version`).
    Example: the card of qa consumes and also folds `tasks` and `assignments`; `verdicts` is its
    journal.
    """

    service: str
    consumes: tuple[Topic, ...]
    journal: Topic
    also_folds: tuple[Topic, ...] = ()
    tells: tuple[Topic, ...] = ()
    timers: Topic | None = None
    state_version: int = 1

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
