"""The `workers` and `presence` topics: whole profiles and whole presences, the last one stands."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.events.model import BorderEvent, Event, Id, Name, natural_id
from shared.contracts.events.parts import Level
from shared.contracts.languages import LanguageTag
from shared.contracts.topics import PRESENCE, WORKERS, Topic

KINDS_MAX = 20
"""Of kinds that a presence lists: more than twice as many as there are."""


class WorkerProfiled(BorderEvent):
    """A worker's whole profile: it replaces the one before."""

    TYPE: ClassVar[str] = "worker.profiled.v1"
    TOPIC: ClassVar[Topic] = WORKERS

    worker_id: Id
    skills: dict[Name, Level] = Field(default_factory=dict, max_length=100)
    languages: list[LanguageTag] = Field(default_factory=list, max_length=50)
    capacity: Annotated[int, Field(ge=1, le=20)] = 1
    status: Literal["active", "suspended"] = "active"

    @property
    def key(self) -> str:
        """The worker's id."""
        return self.worker_id

    @property
    def event_id(self) -> str:
        """One id for each worker and time that the sender gave the profile."""
        return natural_id(self.TYPE, self.pool, self.worker_id, self.at.isoformat())


class PresenceChanged(BorderEvent):
    """A worker's whole presence; available means: send me work up to my capacity.

    `kinds` are the kinds of questions that the worker's app can show; without them it is one that
    knows choices only. Kinds that are not known here are no fault: an app may be ahead of us.
    """

    TYPE: ClassVar[str] = "presence.changed.v1"
    TOPIC: ClassVar[Topic] = PRESENCE

    worker_id: Id
    presence: Literal["available", "paused", "away"]
    kinds: Annotated[list[Name], Field(max_length=KINDS_MAX)] | None = None

    @property
    def key(self) -> str:
        """The worker's id."""
        return self.worker_id

    @property
    def event_id(self) -> str:
        """One id for each worker and time that the sender gave the presence."""
        return natural_id(self.TYPE, self.pool, self.worker_id, self.at.isoformat())


EVENTS: tuple[type[Event], ...] = (WorkerProfiled, PresenceChanged)
