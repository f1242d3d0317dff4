"""When to stop asking: sure enough, out of answers, or one more, please."""

from math import log

from services.qa.agreement.choice.tallying import DAMPING, DIGITS, Tally
from services.qa.agreement.choice.weighing import clamped, evidence
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Budget, Confident, Stop


def stop(tally: Tally, answered: int, wanted: AnswersWanted, typical: float) -> Stop:
    """Decide on `answered` answers; `typical` is the population's mean reliability.

    What is unspent cannot change the answer when that many workers of typical reliability, all
    for the runner-up, would not bring it level: the old rule of a majority that cannot be
    overturned, in evidence instead of heads.
    """
    if answered < wanted.min:
        return AskOneMore(wanted.min)
    if tally.answer is not None and tally.probability >= wanted.confidence:
        return Confident()
    unspent = wanted.max - answered
    if unspent <= 0:
        return Budget(0)
    if _is_settled(tally, unspent, typical):
        return Budget(unspent)
    return AskOneMore(answered + 1)


def _is_settled(tally: Tally, unspent: int, typical: float) -> bool:
    options = len(tally.distribution)
    if tally.answer is None or options < 2:
        return False
    second = max(p for option, p in tally.distribution.items() if option != tally.answer)
    lead = log(tally.probability / max(second, 10**-DIGITS))
    return lead > unspent * DAMPING * evidence(clamped(typical, options), options)
