"""What a verdict was reached with beside its votes, so that it can be recomputed from the event."""

from operator import not_
from typing import Annotated

from pydantic import Field

from shared.contracts.part import Part, Probability

Points = tuple[tuple[Probability, Probability], ...]
"""At most 20 pairs of numbers between 0 and 1, by the first of them."""


class Used(Part):
    """Every learned number that an answer, a probability or the end of asking depended on.

    `damping` is what the evidence of all votes is multiplied by, `prior` how probable each option
    was before any of them. `curve` makes of a probability the one that is stated: points on
    straight lines. `mix` is how far a vote's weight followed from its worker's answers with this
    very option. `price` is the rise of the probability that one more answer must promise, `spread`
    what weights it may have, each with its share, and `ambiguous` the share of tasks that have no
    one answer; these three only where answers have a price. `typical` is how reliable workers are
    on this task type. A number that is absent is as it is where nothing was learned.
    Example: `{"typical": 0.84}` where no gold has taught anything.
    """

    damping: Annotated[float | None, Field(gt=0, le=1)] = None
    mix: Probability | None = None
    prior: Annotated[dict[str, Probability], Field(exclude_if=not_)] = Field(default_factory=dict)
    curve: Annotated[Points, Field(max_length=20, exclude_if=not_)] = ()
    spread: Annotated[Points, Field(max_length=20, exclude_if=not_)] = ()
    price: Annotated[float | None, Field(gt=0)] = None
    ambiguous: Probability | None = None
    typical: Probability
