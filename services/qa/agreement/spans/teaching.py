"""Computes what a verdict shows about its workers: how alike each answer is to the others'."""

from collections.abc import Iterator, Sequence
from math import prod

from services.qa.agreement.evidence import BALLOTS_MIN
from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS
from services.qa.agreement.spans.evidence import WEIGHT_MIN
from services.qa.agreement.spans.matching import f1
from services.qa.agreement.spans.tallying import CountedSpans, SpansTally, agreed
from services.qa.agreement.terms import Ballot, Lessons, by_worker
from shared.contracts.question import Answer

FOLDS = 12
"""Each answer is compared with those of other folds. To leave out each alone takes long of many."""


def lessons(tally: SpansTally, _: Sequence[Ballot[Answer]]) -> Lessons:
    """Return for each worker the numbers to add to their counters.

    Each answer is compared with the spans that the others' answers lead to: its F1, by how good
    those can be. Few people miss much that is there, and a good answer would look bad beside
    theirs; so the F1 is divided by the chance that one of them at least finds a span (Spearman's
    correction for attenuation, 1904). Fewer than two answers give no lessons. Whether a draft was
    evidence makes no difference.
    Of more than FOLDS answers, each is compared with those of the other folds (cross-validation,
    Stone 1974), into which they are dealt in the order of their assignment ids.
    Example: two people of weight 0.8 with an F1 of 0.64 to each other: both are taught 0.8.
    """
    if len(tally.counted) < BALLOTS_MIN:
        return {}
    return by_worker(
        (vote.worker_id, {ANSWERS: 1, AGREED_MILLI: round(1000 * likeness)})
        for vote, likeness in _likenesses(tally)
    )


def _likenesses(tally: SpansTally) -> Iterator[tuple[CountedSpans, float]]:
    """Yield each vote with how alike it is to what those of the other folds lead to."""
    for fold in range(min(FOLDS, len(tally.counted))):
        others = [vote for at, vote in enumerate(tally.counted) if at % FOLDS != fold]
        spans = tuple(agreed(others, tally.question).sure)
        attainable = 1 - prod(1 - max(WEIGHT_MIN, other.weight) for other in others)
        for vote in tally.counted[fold::FOLDS]:
            yield vote, min(1.0, f1(vote.spans, spans) / attainable)
