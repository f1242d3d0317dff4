"""Computes how near a verdict's workers were to each other, as integers for their counters."""

from collections import Counter
from collections.abc import Sequence
from math import fsum

from services.qa.agreement.rating.averaging import Average
from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS
from services.qa.agreement.terms import Ballot, Lessons

BALLOTS_MIN = 2  # one answer has nobody to be near to


def lessons(average: Average, ballots: Sequence[Ballot[float]]) -> Lessons:
    """Return for each worker how near their rating was to the others', in thousandths.

    Near is 1 less the distance to the weighted mean of the others alone, as a share of the scale's
    length. Fewer than two valid ballots give no lessons.
    Example: 5 where the others' mean is 4, of 1 to 5: 750.
    """
    valid = [ballot for ballot in ballots if ballot.assignment_id in average.places]
    if len(valid) < BALLOTS_MIN:
        return {}
    low, high = average.scale
    worth = fsum(weight for weight, _ in average.places.values())
    total = fsum(weight * rating for weight, rating in average.places.values())
    taught: dict[str, Counter[str]] = {}
    for ballot in valid:
        weight, rating = average.places[ballot.assignment_id]
        others = (total - weight * rating) / (worth - weight)
        apart = min(1.0, abs(rating - others) / (high - low))
        lesson = {ANSWERS: 1, AGREED_MILLI: round(1000 * (1 - apart))}
        taught.setdefault(ballot.worker_id, Counter()).update(lesson)
    return {
        worker: {name: count for name, count in counts.items() if count}
        for worker, counts in sorted(taught.items())
    }
