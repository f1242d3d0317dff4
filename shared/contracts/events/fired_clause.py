"""Which clause of a gate, beside its threshold, sent an output to people."""

from operator import not_
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.part import Part

GateReason = Literal[
    "below_threshold",
    "absent",
    "sentinel",
    "always_review",
    "review_if",
    "audit",
    "confident",
    "ask_always",
]
"""Why people see an output; `confident` ones they do not see."""


class FiredClause(Part):
    """The clause of a gate that sends an output to people, beside the threshold.

    `rule` is its place in the task type's gate and `text` how it is written there; `values` are the
    facts that it names, long ones cut off. `problem` is why it could not be computed, which counts
    as if it had fired.
    Example: `review_if[0]`, `margin < 0.2`, `{"margin": 0.04}`.
    """

    rule: str
    text: str
    values: Annotated[dict[str, bool | int | float | str], Field(exclude_if=not_)] = Field(
        default_factory=dict
    )
    problem: str | None = None
