"""Computes what a verdict shows about its workers, as integers to add to their counters."""

from collections import Counter
from collections.abc import Sequence
from math import fsum

from services.qa.agreement.choices.picking import Picked, probability
from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS
from services.qa.agreement.terms import Ballot, Lessons
from shared.contracts.questions.choices import Labels

BALLOTS_MIN = 2  # one answer has nobody to agree with
SHARPENING = 3.0
"""As for a choice: the others' few answers leave more doubt than there is."""


def lessons(picked: Picked, ballots: Sequence[Ballot[Labels]]) -> Lessons:
    """Return for each worker how probable the others made what they said, in thousandths.

    It is the mean over the options, each picked or left out, of the probability by the others'
    answers alone. Fewer than two valid ballots give no lessons.
    Example: of three equal answers each is compared with the two others.
    """
    valid = [ballot for ballot in ballots if ballot.assignment_id in picked.said]
    if len(valid) < BALLOTS_MIN:
        return {}
    taught: dict[str, Counter[str]] = {}
    for ballot in valid:
        worth, options = picked.said[ballot.assignment_id]
        right = fsum(
            probability(total - worth, SHARPENING)
            if option in options
            else probability(-total - worth, SHARPENING)
            for option, total in picked.sums.items()
        )
        lesson = {ANSWERS: 1, AGREED_MILLI: round(1000 * right / len(picked.sums))}
        taught.setdefault(ballot.worker_id, Counter()).update(lesson)
    return {
        worker: {name: count for name, count in counts.items() if count}
        for worker, counts in sorted(taught.items())
    }
