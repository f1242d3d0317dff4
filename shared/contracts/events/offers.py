"""The `offers` topic: what the router offers to workers, and what it takes back."""

from typing import ClassVar, Literal

from shared.contracts.events.asked import Asked
from shared.contracts.events.model import Event, natural_id
from shared.contracts.events.parts import Claims, Requirement, ShownOutput
from shared.contracts.part import Part
from shared.contracts.topics import OFFERS, Topic


class ShownWhy(Part):
    """What this worker had to meet to be asked.

    The other two fields are those of offers that were made before: how a worker was chosen differs
    between tasks for all and golds, which nobody is to tell apart. The journal says it.
    """

    required: Requirement
    chosen_among: int | None = None
    rule: str | None = None


class OfferMade(Event):
    """A seat is offered: what to show, what it pays, by when, what it asks for, and the token.

    `search` stands there only where the answers are too many for a list: the worker app then lets
    people search them. `asked` is what the question is about as this worker is to see it: the
    candidates in an order of the worker's own, the draft only where they are to begin from it.
    """

    TYPE: ClassVar[str] = "offer.made.v1"
    TOPIC: ClassVar[Topic] = OFFERS

    claims: Claims
    question: str
    output: ShownOutput
    why: ShownWhy
    token: str = ""
    search: Literal[True] | None = None
    asked: Asked | None = None

    @property
    def key(self) -> str:
        """The worker's id."""
        return self.claims.worker_id

    @property
    def event_id(self) -> str:
        """One id for each assignment and its deadlines: new deadlines make another offer."""
        by = (self.claims.accept_by.isoformat(), self.claims.answer_by.isoformat())
        return natural_id(self.TYPE, self.claims.assignment_id, *by)


class OfferWithdrawn(Event):
    """The seat is gone: an answer already begun may still be sent, is paid and not counted."""

    TYPE: ClassVar[str] = "offer.withdrawn.v1"
    TOPIC: ClassVar[Topic] = OFFERS

    task_id: str
    assignment_id: str
    worker_id: str
    reason: Literal["verdict", "deadline", "exhausted", "displaced", "left"]

    @property
    def key(self) -> str:
        """The worker's id."""
        return self.worker_id

    @property
    def event_id(self) -> str:
        """One id for each assignment."""
        return natural_id(self.TYPE, self.assignment_id)


EVENTS: tuple[type[Event], ...] = (OfferMade, OfferWithdrawn)
