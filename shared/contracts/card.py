"""The card of a service: what it is called, reads, writes, and rebuilds itself from."""

from dataclasses import dataclass

from shared.contracts.topics import Topic


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
