"""How a verdict on a rating is explained: each rating draws the mean by its weight."""

from collections.abc import Sequence

from sentuh.audit.recount.rating import recomputed
from sentuh.explain.terms import Explaining, Made
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.rating import DIGITS, RatingDetail, RatingQuestion

TYPICAL_WEIGHT = 0.5
PROBABILITY_DIGITS = 6


def _made(_: VerdictReached, question: RatingQuestion, votes: Sequence[Vote]) -> Made | None:
    if not votes:
        return None
    ours = recomputed(votes, question)
    mean = round(ours.mean, DIGITS)
    sure = f"give or take {ours.margin:.2g}"
    return Made(
        int(mean) if mean.is_integer() else mean, round(ours.close, PROBABILITY_DIGITS), None, sure
    )


def _others(_: VerdictReached, question: RatingQuestion, __: Sequence[Vote]) -> Sequence[Answer]:
    """Return both ends of the scale: nothing draws a mean farther."""
    return [question.low, question.high]


def _same(verdict: VerdictReached, _: RatingQuestion, answer: Answer) -> bool:
    """Return whether a mean lies within the verdict's own interval."""
    detail = verdict.detail
    if not isinstance(answer, (int, float)) or not isinstance(detail, RatingDetail):
        return verdict.answer == answer
    return detail.low <= answer <= detail.high


EXPLAINING = Explaining[RatingQuestion](
    _made,
    _others,
    "The verdict is the mean, each rating by its weight; another mean within its interval is taken"
    " for the same.",
    believed=lambda weight: f"weight {weight:.2f}, typical is {TYPICAL_WEIGHT:g}",
    same=_same,
)
"""How verdicts on a rating are explained."""
