"""Computes what a verdict shows about its workers, as integers to add to their counters."""

from collections.abc import Iterator, Mapping, Sequence
from math import fsum

from services.qa.agreement.choices.picking import Picked, probability
from services.qa.agreement.evidence import BALLOTS_MIN, SHARPENING
from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS
from services.qa.agreement.terms import Ballot, Lessons, by_worker
from shared.contracts.questions.choices import Labels


def lessons(picked: Picked, ballots: Sequence[Ballot[Labels]]) -> Lessons:
    """Return for each worker how probable the others made what they said, in thousandths.

    It is the mean over the options, each picked or left out, of the probability by the others'
    answers alone. Fewer than two valid ballots give no lessons.
    Example: of three equal answers each is compared with the two others.
    """
    valid = [ballot for ballot in ballots if ballot.assignment_id in picked.said]
    if len(valid) < BALLOTS_MIN:
        return {}
    return by_worker(_taught(picked, valid))


def _taught(
    picked: Picked, valid: Sequence[Ballot[Labels]]
) -> Iterator[tuple[str, Mapping[str, int]]]:
    for ballot in valid:
        worth, options = picked.said[ballot.assignment_id]
        right = fsum(
            probability(total - worth, SHARPENING)
            if option in options
            else probability(-total - worth, SHARPENING)
            for option, total in picked.sums.items()
        )
        agreed = round(1000 * right / len(picked.sums))
        yield ballot.worker_id, {ANSWERS: 1, AGREED_MILLI: agreed}
