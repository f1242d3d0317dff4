"""Computes what a verdict shows about its workers: how alike each answer is to the others'."""

from collections.abc import Sequence
from math import prod

from services.qa.agreement.evidence import BALLOTS_MIN
from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS
from services.qa.agreement.spans.evidence import WEIGHT_MIN
from services.qa.agreement.spans.matching import f1
from services.qa.agreement.spans.tallying import CountedSpans, SpansTally, agreed
from services.qa.agreement.terms import Ballot, Lessons, by_worker
from shared.contracts.question import Answer

LEAVE_ONE_OUT_MAX = 12
"""Of more answers than these one changes little, and to leave out each in turn takes long."""


def lessons(tally: SpansTally, _: Sequence[Ballot[Answer]]) -> Lessons:
    """Return for each worker the numbers to add to their counters.

    Each answer is compared with the spans that the others' answers lead to: its F1, by how good
    those can be. Few people miss much that is there, and a good answer would look bad beside
    theirs; so the F1 is divided by the chance that one of them at least finds a span (Spearman's
    correction for attenuation, 1904). Fewer than two answers give no lessons.
    Beside more than LEAVE_ONE_OUT_MAX answers it is compared with what all of them lead to.
    Example: two people of weight 0.8 with an F1 of 0.64 to each other: both are taught 0.8.
    """
    if len(tally.counted) < BALLOTS_MIN:
        return {}
    return by_worker(
        (vote.worker_id, {ANSWERS: 1, AGREED_MILLI: round(1000 * _likeness(vote, tally))})
        for vote in tally.counted
    )


def _likeness(vote: CountedSpans, tally: SpansTally) -> float:
    others = [other for other in tally.counted if other is not vote]
    few = len(tally.counted) <= LEAVE_ONE_OUT_MAX
    agreement = agreed(others, tally.question) if few else tally
    alike = f1(vote.spans, tuple(agreement.sure))
    attainable = 1 - prod(1 - max(WEIGHT_MIN, other.weight) for other in others)
    return min(1.0, alike / attainable)
