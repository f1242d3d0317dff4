"""Defines a service's card: its name, the topics it reads and writes, and its state's version."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.contracts.topics import Topic

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Card:
    """The constants of one service: its name, its topics, and the version of its state.

    `consumes` are the topics that the service reads, and `journal` is the one that it alone writes.
    Its state in Redis can be rebuilt from the journal and from `also_folds`: input topics whose
    events change the state directly. `tells` are topics for others, published before the journal.
    `keeps` is a second journal, compacted: whole values, which must outlive the first one's
    retention. `timers` is the topic for events about deadlines. `ends_by` are the topics that can
    bring up again what has ended, where not all that it consumes can. `state_version` is the number
    of the layout of its state in Redis (see `shared.state.version`). Example: the card of qa
    consumes and also folds `tasks` and `assignments`; `verdicts` is its journal.
    """

    service: str
    consumes: tuple[Topic, ...]
    journal: Topic
    also_folds: tuple[Topic, ...] = ()
    tells: tuple[Topic, ...] = ()
    keeps: Topic | None = None
    timers: Topic | None = None
    ends_by: tuple[Topic, ...] = ()
    state_version: int = 1

    @property
    def journals(self) -> tuple[Topic, ...]:
        """The topics that this service alone writes, and from which its state is made anew."""
        return (self.journal,) if self.keeps is None else (self.journal, self.keeps)

    @property
    def ending_kept_seconds(self) -> int:
        """Seconds for which the state remembers that a task, job or offer has ended."""
        return ending_kept_seconds(self.ends_by or self.consumes)


def ending_kept_seconds(consumed: Iterable[Topic]) -> int:
    """Return for how many seconds a reader of these topics must remember that a thing has ended.

    The thing is a task, job or offer. An event about it that is read again after it was forgotten
    would be handled as a new one. So its end is remembered for a day longer than any event can be
    read again: the longest retention of the topics and one day, in which a record outlives its
    retention in its segment. A topic that is kept for ever does not count: its reader remembers for
    ever.

    Example: `tasks`, kept for 62 days, and `responses`, kept for 7, give 62 + 1 + 1 = 64 days.
    """
    return _DAY + max(topic.readable_seconds or 0 for topic in consumed)
