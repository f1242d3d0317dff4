"""The `responses` topic: what worker apps send back, each with its offer's token."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from shared.contracts.events.declining import Note, StatedReason
from shared.contracts.events.model import BorderEvent, Event, Id, natural_id
from shared.contracts.question import Answer, text_of
from shared.contracts.questions import SentAnswer
from shared.contracts.topics import RESPONSES, Topic

TOKEN_CHARACTERS_MAX = 32 * 1024
"""Half of what a record of `responses` may hold. A catalog's bound on labels keeps below it."""
ANSWER_BYTES_MAX = 32 * 1024
"""Of an answer as UTF-8, its escapes undone: with its token it fits into a record."""
Token = Annotated[str, Field(max_length=TOKEN_CHARACTERS_MAX)]


class _Response(BorderEvent):
    TOPIC: ClassVar[Topic] = RESPONSES
    REUSED: ClassVar[str] = (
        "token: it came before with other content, which stands: send the same bytes, or leave it"
    )

    task_id: Id
    worker_id: Id
    token: Token = ""

    @property
    def key(self) -> str:
        """The task's id."""
        return self.task_id

    @property
    def event_id(self) -> str:
        """One id for each kind of response and token."""
        return natural_id(self.TYPE, self.token)


class OfferAccepted(_Response):
    """The worker takes the seat."""

    TYPE: ClassVar[str] = "offer.accepted.v1"


class OfferDeclined(_Response):
    """The worker does not want the seat, or gives it back. They need not say why."""

    TYPE: ClassVar[str] = "offer.declined.v1"

    reason: StatedReason = None
    note: Note | None = None


def _bounded(answer: Answer) -> Answer:
    """Raise for an answer that is too large, and for none, as people send it who have none."""
    if answer is None or answer == "":
        fix = "is empty: send an answer that the offer asks for, or send offer.declined.v1"
        reason = "invalid_field" if answer is None else "bad_answer"
        raise PydanticCustomError(reason, "{fix}", {"fix": fix})
    # Most answers are a word or two: only of others is it worth counting the bytes.
    short = isinstance(answer, str) and len(answer) <= ANSWER_BYTES_MAX // 4
    if not short and len(text_of(answer).encode()) > ANSWER_BYTES_MAX:
        fix = f"is over {ANSWER_BYTES_MAX} bytes of UTF-8: send a shorter answer"
        raise PydanticCustomError("bad_answer", "{fix}", {"fix": fix})
    return answer


class OfferAnswered(_Response):
    """The worker's answer; it implies acceptance. `spent_seconds` is shown, never used for pay."""

    TYPE: ClassVar[str] = "offer.answered.v1"

    answer: Annotated[SentAnswer, BeforeValidator(_bounded)]
    spent_seconds: Annotated[float, Field(ge=0, le=604_800, allow_inf_nan=False)] | None = None


EVENTS: tuple[type[Event], ...] = (OfferAccepted, OfferDeclined, OfferAnswered)
