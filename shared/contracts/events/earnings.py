"""The `earnings` journal, written by payout: what each worker has earned, once, and why."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.contracts.events.model import Event, Id, natural_id
from shared.contracts.events.parts import Quote
from shared.contracts.part import Part
from shared.contracts.topics import EARNINGS, Topic


class Entry(Part):
    """One side of a double entry. Amounts are signed minor units; an event's sum is zero."""

    account: Annotated[str, Field(max_length=300)]
    amount_minor: int


class _Line(Event):
    TOPIC: ClassVar[Topic] = EARNINGS

    task_id: Id
    task_type: str
    assignment_id: Id
    worker_id: Id
    kind: Literal["answer"] = "answer"
    line_id: Id
    quote: Quote
    entries: tuple[Entry, ...]
    computation: str

    @property
    def key(self) -> str:
        """The worker's id."""
        return self.worker_id

    @property
    def event_id(self) -> str:
        """One id for each line of money and step."""
        return natural_id(self.TYPE, self.line_id)


class EarningAccrued(_Line):
    """An answer was delivered: the quote is owed to the worker, pending the task's verdict."""

    TYPE: ClassVar[str] = "earning.accrued.v1"


class EarningConfirmed(_Line):
    """The verdict is in, whatever it is: the line is payable."""

    TYPE: ClassVar[str] = "earning.confirmed.v1"


EVENTS: tuple[type[Event], ...] = (EarningAccrued, EarningConfirmed)
