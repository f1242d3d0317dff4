"""Decides whether to ask on: probable enough, out of answers, or one more answer."""

from math import comb, floor, log

from services.qa.agreement.evidence import DAMPING, DIGITS, clamped, evidence
from services.qa.agreement.preference.tallying import PreferenceTally
from services.qa.agreement.preference.weighing import outcomes
from services.qa.agreement.terms import AnswersWanted, Stop, ask_on

CHANGE_MAX = 0.025
"""How probable it may be that the answers left would change the first place, if asking ends.

On 16,927 recorded comparisons with ties it spares 2 of 100 answers, for 3 verdicts in 1,000 that
differ. At 0.03 it spares 6, but where people disagree most one verdict in 20 differs.
"""
FORESEEN_MAX = 20
"""More answers than these could always change something: nothing is computed."""


def stop(tally: PreferenceTally, answered: int, wanted: AnswersWanted, typical: float) -> Stop:
    """Decide after `answered` answers whether to ask for one more.

    Stops when the first place is probable enough, when `wanted.max` answers are there, or when the
    answers left would hardly change it. `typical` is the mean reliability of all workers.
    Example: 2 of at most 3 answers prefer c2: the third could not change it, Budget(1).
    """
    reached = tally.answer is not None and tally.probability >= wanted.goal
    return ask_on(
        answered,
        wanted,
        reached=reached,
        settled=lambda unspent: tally.answer is not None and _is_settled(tally, unspent, typical),
    )


def _is_settled(tally: PreferenceTally, unspent: int, typical: float) -> bool:
    """Return whether another first place is out of reach, or hardly within it.

    Where two things alone can be said, it must be out of reach, as with a choice of two: even if
    all answers left were for the second.
    """
    said, candidates = outcomes(tally.question), len(tally.detail.best)
    usual = clamped(typical, said)
    # One more ranking may speak against the first by all pairs that show it to be the best.
    pairs = candidates * (candidates - 1) // 2 if tally.question.ties else candidates - 1
    step = max(0.0, pairs * DAMPING * evidence(usual, said))
    lead = log(tally.probability / max(tally.second, 10**-DIGITS))
    if lead > unspent * step:
        return True
    if said == candidates == 2 or unspent > FORESEEN_MAX or step <= 0:
        return False
    needed = floor(lead / step) + 1
    return _change(tally, unspent, needed, usual=usual) < CHANGE_MAX


def _change(tally: PreferenceTally, unspent: int, needed: int, *, usual: float) -> float:
    """Return how probable it is that the second gains `needed` answers more than the first.

    Each answer left is right with probability `usual`, else for any other outcome alike, whichever
    is true: the first, the second, or something else.
    """
    rivals = len(tally.detail.best) + tally.question.ties + tally.question.none - 1
    wrong = (1 - usual) / rivals
    other = max(0.0, 1 - tally.probability - tally.second)
    cases = (
        (tally.second, usual, wrong),
        (tally.probability, wrong, usual),
        (other, wrong, wrong),
    )
    change = 0.0
    for more in range(needed, unspent + 1):
        for less in range(min(more - needed, unspent - more) + 1):
            rest = unspent - more - less
            ways = comb(unspent, more) * comb(unspent - more, less)
            change += ways * sum(
                share * second**more * first**less * (1 - first - second) ** rest
                for share, second, first in cases
            )
    return change
