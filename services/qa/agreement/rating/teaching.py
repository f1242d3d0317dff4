"""Computes how near a verdict's workers were to each other, as integers for their counters."""

from collections.abc import Iterator, Mapping, Sequence
from math import fsum

from services.qa.agreement.evidence import BALLOTS_MIN
from services.qa.agreement.rating.averaging import Average
from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS
from services.qa.agreement.terms import Ballot, Lessons, by_worker


def lessons(average: Average, ballots: Sequence[Ballot[float]]) -> Lessons:
    """Return for each worker how near their rating was to the others', in thousandths.

    Near is 1 less the distance to the weighted mean of the others alone, as a share of the scale's
    length. Fewer than two valid ballots give no lessons.
    Example: 5 where the others' mean is 4, of 1 to 5: 750.
    """
    valid = [ballot for ballot in ballots if ballot.assignment_id in average.places]
    if len(valid) < BALLOTS_MIN:
        return {}
    return by_worker(_taught(average, valid))


def _taught(
    average: Average, valid: Sequence[Ballot[float]]
) -> Iterator[tuple[str, Mapping[str, int]]]:
    low, high = average.scale
    worth = fsum(weight for weight, _ in average.places.values())
    total = fsum(weight * rating for weight, rating in average.places.values())
    for ballot in valid:
        weight, rating = average.places[ballot.assignment_id]
        others = (total - weight * rating) / (worth - weight)
        apart = min(1.0, abs(rating - others) / (high - low))
        yield ballot.worker_id, {ANSWERS: 1, AGREED_MILLI: round(1000 * (1 - apart))}
