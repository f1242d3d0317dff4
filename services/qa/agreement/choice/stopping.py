"""Decides whether to ask on: probable enough, out of answers, or one more answer."""

from math import exp, log

from services.qa.agreement.calibration import corrected
from services.qa.agreement.choice.learned import NOTHING_LEARNED, LearnedAgreement
from services.qa.agreement.choice.splits import AMBIGUOUS_MIN, AMBIGUOUS_SURE, ambiguity
from services.qa.agreement.choice.tallying import Tally
from services.qa.agreement.choice.worth import expected_gain, leading
from services.qa.agreement.evidence import clamped, evidence
from services.qa.agreement.terms import (
    Ambiguous,
    AnswersWanted,
    AskOneMore,
    Budget,
    Confident,
    Futile,
    Stop,
    ask_on,
)

EXPONENT_MAX = 500.0
"""Beyond it nothing is surer, and a hundred answers of the best would be too large a number."""


def stop(
    tally: Tally,
    answered: int,
    wanted: AnswersWanted,
    typical: float,
    learned: LearnedAgreement = NOTHING_LEARNED,
) -> Stop:
    """Decide after `answered` answers whether to ask for one more.

    Stops when the answer is probable enough, corrected by what golds showed; when `wanted.max`
    answers are there; when the answers left could not change the result: even if they were all for
    the second most probable option, from workers of the mean reliability `typical`, it would not
    become as probable as the first. Where answers have a price also when one more is not worth it;
    whatever was not probable enough then stops as Ambiguous, Futile or Budget.
    Example: 3 of at most 5 answers are for `cat`; two for `dog` could not change it: Budget(2), if
    `cat` is not probable enough for Confident.
    """
    sure = corrected(tally.probability, learned.curve)
    decided = ask_on(
        answered,
        wanted,
        reached=tally.answer is not None and sure >= wanted.goal,
        settled=lambda unspent: _is_settled(tally, unspent, typical, learned),
    )
    if learned.price <= 0 or tally.answer is None or answered < wanted.min:
        return decided
    return _named(decided, tally, wanted.max - answered, (wanted.goal, typical, learned))


def _is_settled(tally: Tally, unspent: int, typical: float, learned: LearnedAgreement) -> bool:
    options = len(tally.distribution)
    if tally.answer is None or options < 2:
        return False
    first, second = leading(tally.distribution.values())
    step = learned.damping * evidence(clamped(typical, options), options)
    return log(first / second) > unspent * step


def _named(
    decided: Stop, tally: Tally, unspent: int, by: tuple[float, float, LearnedAgreement]
) -> Stop:
    """Return the decision with the reason that holds of one not reached, or the end of asking."""
    _, typical, learned = by
    split = ambiguity(tally, learned.ambiguous)
    if isinstance(decided, Confident) and split < AMBIGUOUS_MIN:
        return decided
    if isinstance(decided, AskOneMore) and split < AMBIGUOUS_SURE:
        gain = expected_gain(tally, unspent, typical, learned)
        if (1 - split) * gain >= learned.price:
            return decided
    if split >= AMBIGUOUS_MIN:
        return Ambiguous(unspent)
    if unspent and not _attainable(tally, unspent, by):
        return Futile(unspent)
    return Budget(unspent)


def _attainable(tally: Tally, unspent: int, by: tuple[float, float, LearnedAgreement]) -> bool:
    """Return whether the goal is reached if the best give all answers left to the first option."""
    goal, typical, learned = by
    options = len(tally.distribution)
    best = max((weight for weight, _ in learned.spread), default=typical)
    odds = unspent * learned.damping * evidence(clamped(best, options), options)
    more = exp(min(EXPONENT_MAX, odds))
    reached = tally.probability * more / (tally.probability * more + 1 - tally.probability)
    return corrected(reached, learned.curve) >= goal
