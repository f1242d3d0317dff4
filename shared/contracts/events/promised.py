"""What a gate with a promise says of an output: all that its verdict needs to be weighed by."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.events.model import Id
from shared.contracts.part import Part


class Promised(Part):
    """How a gate with a promise stood when an output came, and what that means for it.

    `gate` is the one of this model, version, task type and promise, and `promise` names the latter
    two. `revision` and `term` say as which the gate stood; revision 0 is that nothing was known, so
    that people see everything. `band` is where the stated confidence falls. `waives` is whether the
    promise would let the output's own answer stand; in the mode `on` it does. `halvings` is how
    often the weight of people's verdict is halved; absent where it teaches nothing. `watched` is
    whether that verdict shows if the model became worse. `answer` is the digest of the answer that
    would stand.
    """

    mode: Literal["shadow", "on"]
    gate: Id
    promise: Id
    model: str | None = None
    model_version: str | None = None
    revision: Annotated[int, Field(ge=0)]
    term: Annotated[int, Field(ge=1)]
    band: Annotated[int, Field(ge=0)]
    halvings: Annotated[int, Field(ge=0)] | None = None
    watched: bool = False
    waives: bool
    answer: str | None = None
