"""Computes what a verdict shows about its workers, as integers to add to their counters."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.qa.agreement.choice.by_option import agreed_field, likely_field, said_field
from services.qa.agreement.choice.tallying import Tally, posterior, sums_by_option
from services.qa.agreement.evidence import BALLOTS_MIN, SHARPENING
from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS
from services.qa.agreement.terms import Ballot, Lessons, by_worker

_NOTHING_BELOW = 0.0004  # in thousandths it is 0: most of many options are not worth the rounding


def lessons(tally: Tally, ballots: Iterable[Ballot[str]]) -> Lessons:
    """Return for each worker the numbers to add to their counters, without zeros.

    Each answer is compared with the others' answers alone, so that no worker appears right just
    because their own answer counted. Fewer than two valid ballots give no lessons.
    Example: of three equal answers each is compared with the two others.
    """
    valid = [b for b in ballots if b.assignment_id in tally.evidence]
    if len(valid) < BALLOTS_MIN:
        return {}
    return by_worker(_taught(tally, valid))


def _taught(tally: Tally, valid: Sequence[Ballot[str]]) -> Iterator[tuple[str, Mapping[str, int]]]:
    sums = sums_by_option(valid, list(tally.distribution), tally.evidence)
    for ballot in valid:
        others = dict(sums)
        others[ballot.answer] -= tally.evidence[ballot.assignment_id]
        yield ballot.worker_id, _lesson(ballot.answer, posterior(others, SHARPENING))


def _lesson(answer: str, others: Mapping[str, float]) -> dict[str, int]:
    milli = {option: round(1000 * p) for option, p in others.items() if p >= _NOTHING_BELOW}
    agreed = milli.get(answer, 0)
    return {
        ANSWERS: 1,
        AGREED_MILLI: agreed,
        said_field(answer): 1,
        agreed_field(answer): agreed,
        **{likely_field(option): m for option, m in milli.items()},
    }
