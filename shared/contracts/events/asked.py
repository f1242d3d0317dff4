"""What one task asks about, where its question alone does not say: candidates, a text, a draft.

A task type's question is in the policy, the same for all its tasks. What differs by task stands
here, so that of a policy one copy is enough.
"""

from decimal import Decimal
from fractions import Fraction
from operator import not_
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.events.model import Id
from shared.contracts.part import Part
from shared.contracts.questions import GivenAnswer

PaidUnit = Literal["audio_minute", "word", "field", "candidate"]
"""What a rate card may pay by, beside the answer as a whole."""
MILLISECONDS_OF_A_MINUTE = 60_000


class Media(Part):
    """What to look at or listen to: a reference (`https:`, `s3:`, `gs:`) or up to 64 KiB inline.

    `duration_ms` is how long it lasts in milliseconds, where its sender said so.
    """

    type: str | None = None
    ref: str | None = None
    data: str | None = None
    duration_ms: int | None = None


class Candidate(Part):
    """One of several things to compare: a text or a medium, under an id that answers name.

    An id says nothing of which model made it, and nothing of the candidate's place in a list.
    """

    id: Id
    text: str | None = None
    media: Media | None = None


class Units(Part):
    """How much work a task is, in what its rate card pays by, and how its amount follows from it.

    `count` is a number of words, fields or candidates; of audio it is its length in milliseconds,
    of which 60,000 are the minute that `rate_minor` pays. The amount is `rate_minor` for each unit,
    rounded half to even once, and at least `minimum_minor`.
    Example: 90,000 ms at 40 minor units a minute come to 60.
    """

    per: PaidUnit
    count: Annotated[int, Field(ge=0)]
    rate_minor: Annotated[int, Field(ge=0, le=10**12)]
    minimum_minor: Annotated[int, Field(ge=0, le=10**12)] = 0

    @property
    def amount_minor(self) -> int:
        """The pay for these units, in minor units of the currency."""
        in_one = MILLISECONDS_OF_A_MINUTE if self.per == "audio_minute" else 1
        # A fraction is rounded half to even, and is as exact as the two integers.
        return max(self.minimum_minor, round(Fraction(self.rate_minor * self.count, in_one)))

    def __str__(self) -> str:
        """Return the count for people: `1.5 audio minutes`, `1 word`."""
        if self.per == "audio_minute":
            minutes = Decimal(self.count) / MILLISECONDS_OF_A_MINUTE
            number = f"{minutes.quantize(Decimal('0.0001')).normalize():f}"
        else:
            number = str(self.count)
        noun = self.per.replace("_", " ")
        return f"{number} {noun}{'' if number == '1' else 's'}"


class Asked(Part):
    """What one task asks about; fields that its kind of question has no use for are absent.

    `candidates` are what is compared, in the order in which the model's side sent them. `text` is
    what is marked, its offsets counted in code points. `draft` is the model's own answer, in the
    form of an answer to the question: a starting point for people, or evidence beside them. `units`
    are what its pay was computed from. `not_for` are workers who must not be asked, as authors of
    what is compared; where there are `only_for`, nobody else is asked. `judges_answer` says that
    people are asked about what the model answered.
    """

    candidates: Annotated[tuple[Candidate, ...], Field(exclude_if=not_)] = ()
    text: str | None = None
    draft: GivenAnswer | None = None
    units: Units | None = None
    not_for: Annotated[tuple[Id, ...], Field(exclude_if=not_)] = ()
    only_for: Annotated[tuple[Id, ...], Field(exclude_if=not_)] = ()
    judges_answer: Literal[True] | None = None
