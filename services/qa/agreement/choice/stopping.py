"""Decides whether to ask on: probable enough, out of answers, or one more answer."""

from math import log

from services.qa.agreement.choice.tallying import Tally
from services.qa.agreement.evidence import DAMPING, DIGITS, clamped, evidence
from services.qa.agreement.terms import AnswersWanted, Stop, ask_on


def stop(tally: Tally, answered: int, wanted: AnswersWanted, typical: float) -> Stop:
    """Decide after `answered` answers whether to ask for one more.

    Stops when the answer is probable enough, when `wanted.max` answers are there, or when the
    answers left could not change the result: even if they were all for the second most probable
    option, from workers of the mean reliability `typical`, it would not become as probable as the
    first.
    Example: 3 of at most 5 answers are for `cat`; two for `dog` could not change it: Budget(2), if
    `cat` is not probable enough for Confident.
    """
    reached = tally.answer is not None and tally.probability >= wanted.goal
    return ask_on(
        answered,
        wanted,
        reached=reached,
        settled=lambda unspent: _is_settled(tally, unspent, typical),
    )


def _is_settled(tally: Tally, unspent: int, typical: float) -> bool:
    options = len(tally.distribution)
    if tally.answer is None or options < 2:
        return False
    second = max(p for option, p in tally.distribution.items() if option != tally.answer)
    lead = log(tally.probability / max(second, 10**-DIGITS))
    return lead > unspent * DAMPING * evidence(clamped(typical, options), options)
