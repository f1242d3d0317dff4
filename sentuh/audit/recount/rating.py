"""Verdicts on a rating recomputed from their recorded votes and weights, independently of qa.

The definition it follows, with positions on the scale from 0 to 1, and a vote of weight w worth
2 w votes: the mean is weighted by worth. Its variance is that of one vote by the sum of worths. The
variance of one vote is the mean of the squared distances, with PRIOR votes of the variance
SPREAD m (1 - m) beside them, where m is the mean with one vote more at each end; the first vote
says nothing of variance. The interval is Z standard deviations wide to either side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

from sentuh.audit.recount.terms import Recount, weighed
from sentuh.audit.report import Violation
from shared.contracts.events.parts import Policy
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import text_of
from shared.contracts.questions.rating import RatingDetail, RatingQuestion, plain

SPREAD, PRIOR = Fraction(1, 4), 5
Z = Fraction("1.6449") * Fraction("0.77")
CLOSE = 0.05
TOLERANCE = 0.00006
"""A little over half of the last digit a verdict records."""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """Mean and margin in points of the scale, and the probability of being close to the mean."""

    mean: float
    margin: float
    close: float


def recomputed(votes: Sequence[Vote], question: RatingQuestion) -> Recomputed:
    """Return what follows from votes that all have a weight."""
    low, high = _exact(question.low), _exact(question.high)
    length = high - low
    cast = [(2 * _exact(vote.weight), (_exact(vote.answer) - low) / length) for vote in votes]
    worth = sum((w for w, _ in cast), Fraction(0))
    mean = sum((w * place for w, place in cast), Fraction(0)) / worth
    middle = (worth * mean + 1) / (worth + 2)
    squares = sum((w * (place - mean) ** 2 for w, place in cast), Fraction(0))
    one = (PRIOR * SPREAD * middle * (1 - middle) + squares) / (PRIOR + len(cast) - 1)
    deviation = (Decimal((one / worth).numerator) / Decimal((one / worth).denominator)).sqrt()
    margin = float(deviation) * float(Z * length)
    close = 2 * NormalDist().cdf(CLOSE / float(deviation)) - 1
    return Recomputed(float(low + mean * length), margin, close)


def _exact(number: object) -> Fraction:
    return Fraction(Decimal(repr(number)))


def _wrong(verdict: VerdictReached, question: RatingQuestion) -> Iterator[Violation]:
    valid, faults = weighed(verdict, question)
    yield from faults
    if not valid:
        return
    if not isinstance(verdict.detail, RatingDetail) or not isinstance(verdict.answer, (int, float)):
        yield Violation(verdict.task_id, "it has no mean with an interval")
        return
    yield from _differences(verdict, verdict.detail, question, valid)


def _differences(
    verdict: VerdictReached, detail: RatingDetail, question: RatingQuestion, votes: Sequence[Vote]
) -> Iterator[Violation]:
    ours = recomputed(votes, question)
    stated = {
        "answer": (verdict.answer, ours.mean),
        "margin": (detail.margin, ours.margin),
        "low": (detail.low, max(question.low, ours.mean - ours.margin)),
        "high": (detail.high, min(question.high, ours.mean + ours.margin)),
        "probability": (verdict.probability, ours.close),
        **_shares(verdict, votes),
    }
    for name, (said, follows) in stated.items():
        if not isinstance(said, (int, float)) or abs(said - follows) > TOLERANCE:
            yield Violation(verdict.task_id, f"says {name} {said}; its votes make {follows:.4f}")
            return


def _shares(
    verdict: VerdictReached, votes: Sequence[Vote]
) -> dict[str, tuple[float | None, float]]:
    """Return for each answer the share that the verdict says and the one its votes make."""
    worths: dict[str, Fraction] = {}
    for vote in votes:
        name = text_of(plain(Decimal(repr(vote.answer))))
        worths[name] = worths.get(name, Fraction(0)) + _exact(vote.weight)
    whole = sum(worths.values(), Fraction(0))
    return {
        f"share of {name}": (
            verdict.distribution.get(name),
            float(worths.get(name, Fraction(0)) / whole),
        )
        for name in sorted(worths.keys() | verdict.distribution.keys())
    }


def _too_early(verdict: VerdictReached, policy: Policy) -> Iterator[Violation]:
    detail = verdict.detail
    if not isinstance(detail, RatingDetail) or detail.margin > policy.goal:
        margin = detail.margin if isinstance(detail, RatingDetail) else "no margin"
        yield Violation(verdict.task_id, f"confident at {margin}, above {policy.goal}")


def _question_without_task(_: VerdictReached) -> None:
    """Return None: a verdict does not tell its scale."""


RECOUNT = Recount[RatingQuestion](_question_without_task, _wrong, _too_early)
"""The checks of verdicts on a rating."""
