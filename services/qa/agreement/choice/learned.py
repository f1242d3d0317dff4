"""Holds what a task type's golds and verdicts have taught, so far as a verdict depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.qa.agreement.calibration import Curve
from services.qa.agreement.evidence import DAMPING

MIX = 0.5
AMBIGUOUS_SHARE = 0.1

Spread = tuple[tuple[float, float], ...]
"""Weights of the answers of a task type, each with its share of all; at most 20."""


@dataclass(frozen=True, slots=True)
class LearnedAgreement:
    """Every learned number that a verdict depends on, beside the weights of its votes.

    A verdict that records it can be recomputed from its votes alone. What nothing has taught yet
    is as it stands here.
    damping: what evidence is multiplied by, since people err on the same tasks. mix: the share of
    what a worker's answers with this very option have shown, against all of their answers. prior:
    the probability of each option before any answer; empty: all are equal. curve: corrects stated
    probabilities. spread: what the next answer may weigh, as the answers before it did. price: the
    rise of the probability that the answer is right below which one more is not worth asking for;
    0: answers are asked for as long as they could change the result. ambiguous: the share of tasks
    that have no one answer.
    Example: `LearnedAgreement(damping=0.45)` for a type on which people repeat each other's errors.
    """

    damping: float = DAMPING
    mix: float = MIX
    prior: Mapping[str, float] | None = None
    curve: Curve = ()
    spread: Spread = ()
    price: float = 0.0
    ambiguous: float = AMBIGUOUS_SHARE


NOTHING_LEARNED = LearnedAgreement()
"""What is used of a task type without golds, whose answers have no price."""
