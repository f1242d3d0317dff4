"""Computes what a gold task's verdict shows: its workers held against the truth, not the others."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from services.qa.agreement.calibration import outcome_lesson
from services.qa.agreement.choice.by_option import agreed_field, likely_field, said_field
from services.qa.agreement.choice.rules import rule_lesson
from services.qa.agreement.choice.tallying import Tally
from services.qa.agreement.reliability import (
    AGREED_MILLI,
    ANSWERS,
    GOLD_AGREED_MILLI,
    GOLD_ANSWERS,
)
from services.qa.agreement.terms import Ballot, Lessons, by_worker

GOLDS = "judged_golds"
"""Name of the counter of a type's golds that had their verdict."""
GOLD_WORTH = 2  # answers to other tasks that an answer to a gold teaches as much as


def gold_lessons(tally: Tally, ballots: Iterable[Ballot[str]], truth: str) -> Lessons:
    """Return for each worker the numbers to add to their counters, as `teaching.lessons` does.

    A single ballot (counted answer) teaches too: it is compared with the truth. It counts as
    GOLD_WORTH answers, since other tasks teach only what the others believe.
    Example: a wrong answer adds to `answers`, and nothing to `agreed_milli`.
    """
    return by_worker(
        (ballot.worker_id, _lesson(ballot.answer, truth))
        for ballot in ballots
        if ballot.assignment_id in tally.votes
    )


def gold_lesson(
    tally: Tally,
    ballots: Sequence[Ballot[str]],
    truth: str,
    *,
    prior: Mapping[str, float],
    weigh: Callable[[Ballot[str], float], float],
) -> dict[str, int]:
    """Return what a gold's verdict adds to its type's counters, beside its workers' lessons.

    It is one more gold, the score of each rule (see `rules.rule_lesson`), and its outcome.
    """
    valid = [ballot for ballot in ballots if ballot.assignment_id in tally.votes]
    scores = rule_lesson(valid, prior, truth, weigh)
    return {GOLDS: 1} | scores | gold_outcome(tally, truth)


def gold_outcome(tally: Tally, truth: str) -> dict[str, int]:
    """Return what the verdict adds to its type's calibration: what it stated, and whether right."""
    return {} if tally.answer is None else outcome_lesson(tally.probability, tally.answer == truth)


def _lesson(answer: str, truth: str) -> Mapping[str, int]:
    right = 1000 * GOLD_WORTH if answer == truth else 0
    return {
        ANSWERS: GOLD_WORTH,
        AGREED_MILLI: right,
        GOLD_ANSWERS: GOLD_WORTH - 1,
        GOLD_AGREED_MILLI: right - right // GOLD_WORTH,
        said_field(answer): GOLD_WORTH,
        agreed_field(answer): right,
        likely_field(truth): 1000 * GOLD_WORTH,
    }
