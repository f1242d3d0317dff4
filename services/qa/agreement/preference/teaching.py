"""Computes what a verdict shows about its workers, as integers to add to their counters.

A ranking agrees with the others as far as Kendall's tau (1938) between them goes, mapped to 0..1:
the share of pairs in the same order. A pair that one of two calls equal and the other does not
counts half (Fagin, Kumar, Mahdian, Sivakumar and Vee, "Comparing partial rankings", 2006).
"""

from collections.abc import Iterator, Mapping, Sequence
from math import exp, fsum

from services.qa.agreement.evidence import BALLOTS_MIN, SHARPENING
from services.qa.agreement.preference.pairs import EQUAL, Ranked, Sums, ranked, sums_of
from services.qa.agreement.preference.tallying import PreferenceTally, none_from
from services.qa.agreement.preference.weighing import outcomes
from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS
from services.qa.agreement.terms import Ballot, Lessons, by_worker
from shared.contracts.question import Answer
from shared.contracts.questions.preference import NONE_OF_THEM

HALF = 0.5


def lessons(tally: PreferenceTally, ballots: Sequence[Ballot[Answer]]) -> Lessons:
    """Return for each worker the numbers to add to their counters.

    Each answer is compared with what the others say of each pair, and where `none` is allowed of
    all candidates, so that no worker appears right just because their own answer counted. Fewer
    than two ballots give no lessons.
    Example: of three equal rankings each is compared with the two others.
    """
    valid = [b for b in ballots if b.assignment_id in tally.evidence]
    if len(valid) < BALLOTS_MIN:
        return {}
    return by_worker(_taught(tally, valid))


def _taught(
    tally: PreferenceTally, valid: Sequence[Ballot[Answer]]
) -> Iterator[tuple[str, Mapping[str, int]]]:
    rankings = {one.assignment_id: one for one in ranked(valid, tally.question)}
    sums = sums_of(rankings.values(), tally.evidence, tally.question)
    for ballot in valid:
        own = rankings.get(ballot.assignment_id)
        worth = tally.evidence[ballot.assignment_id]
        agreed = 1.0 if own is None else _with_pairs(own, sums, worth)
        if tally.question.none:
            agreed *= _with_some_or_none(tally, ballot)
        yield ballot.worker_id, {ANSWERS: 1, AGREED_MILLI: round(1000 * agreed)}


def _with_pairs(own: Ranked, sums: Sums, worth: float) -> float:
    """Return the share of pairs on which the others say the same as this ranking."""
    shares = []
    for pair, totals in sums.items():
        said = own.said_of(pair)
        others = [total - worth if at == said else total for at, total in enumerate(totals)]
        likely = _posterior(others)
        shares.append(likely[said])
        if len(likely) > EQUAL:
            shares[-1] += HALF * (1 - likely[said] if said == EQUAL else likely[EQUAL])
    return fsum(shares) / len(shares)


def _posterior(sums: Sequence[float]) -> list[float]:
    top = max(sums)
    odds = [exp(SHARPENING * (total - top)) for total in sums]
    whole = fsum(odds)
    return [o / whole for o in odds]


def _with_some_or_none(tally: PreferenceTally, own: Ballot[Answer]) -> float:
    """Return how probable the others make it that this answer is right to rank, or not to."""
    lead = fsum(tally.for_none.values()) - tally.for_none[own.assignment_id]
    none = none_from(lead, outcomes(tally.question), factor=SHARPENING)
    return none if own.answer == NONE_OF_THEM else 1 - none
