"""Computes what a verdict shows of its workers' care, as integers to add to their counters."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from services.qa.agreement.terms import Ballot, Lessons
from services.qa.integrity.packed import packed
from services.qa.integrity.signs import DRAFT, HASTY, UNISON
from shared.contracts.question import Answer

A = TypeVar("A", bound=Answer)
SURE_MIN = 0.8
"""The others must be as sure as this that an answer is wrong."""


class RestOfAll(NamedTuple):
    """What the others make of a task: their answer, and how probable it is."""

    answer: Answer
    probability: float


def unison_lessons(
    ballots: Sequence[Ballot[A]],
    weights: Mapping[str, float],
    verdict: tuple[Answer, int],
    rest: Callable[[Sequence[Ballot[A]]], RestOfAll],
) -> Lessons:
    """Return for each worker whose answer the others find wrong how many share it, and by chance.

    `verdict` is the task's answer, which is not looked at, and how many answers there can be. The
    others are all who said something else: `rest` combines their ballots (counted answers). By
    chance shares it each of all others who errs, as often as their weight leaves, and picks this
    one of the wrong answers.
    Example: of five two say `dog` and three `cat`: each of the two is taught one that was shared.
    """
    taught: Lessons = {}
    stands, outcomes = verdict
    for answer, same in _together(ballots).items():
        others = [one for one in ballots if repr(one.answer) != answer]
        if answer == repr(stands) or not others or not _is_wrong(same[0].answer, rest(others)):
            continue
        errs = {one.assignment_id: 1 - weights.get(one.assignment_id, 1.0) for one in ballots}
        for ballot in same:
            among = sum(errs.values()) - errs[ballot.assignment_id]
            milli = round(1000 * among / max(1, outcomes - 1))
            taught[ballot.worker_id] = {UNISON: packed(len(same) - 1, milli)}
    return taught


def hasty_lesson(agreed_milli: int) -> Mapping[str, int]:
    """Return the lesson of one answer that was given too fast, and how far the others agreed."""
    return {HASTY: packed(1, agreed_milli)}


def draft_lesson(*, left: bool) -> Mapping[str, int]:
    """Return the lesson of one draft that was wrong, and whether the worker left it as it was."""
    return {DRAFT: packed(1, 1000 if left else 0)}


def with_care(lessons: Lessons, *more: Mapping[str, Mapping[str, int]]) -> Lessons:
    """Return lessons with those of care added, for the workers who are taught anything at all.

    A worker without a lesson is not compared with anybody, so nothing of their care shows either.
    """
    sums = {worker: Counter(lesson) for worker, lesson in lessons.items()}
    for taught in more:
        for worker, lesson in taught.items():
            if worker in sums:
                sums[worker].update(lesson)
    return {worker: dict(lesson) for worker, lesson in sums.items()}


def _together(ballots: Sequence[Ballot[A]]) -> Mapping[str, Sequence[Ballot[A]]]:
    groups: dict[str, list[Ballot[A]]] = {}
    for ballot in ballots:
        groups.setdefault(repr(ballot.answer), []).append(ballot)
    return groups


def _is_wrong(answer: Answer, rest: RestOfAll) -> bool:
    return rest.answer is not None and rest.answer != answer and rest.probability >= SURE_MIN
