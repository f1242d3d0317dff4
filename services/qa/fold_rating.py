"""Folds what a verdict means for its workers' ratings: their newest lessons, what was said."""

from collections.abc import Iterable

from services.qa import keys
from services.qa.agreement.reliability import ANSWERS
from services.qa.rating.newest import EACH, entry_of
from shared.contracts.events.second_stage import SecondRequested
from shared.contracts.events.verdicts import VerdictReached
from shared.state.changes import Change, Write, advance
from shared.state.highest import keep_highest


def newest(event: VerdictReached) -> Iterable[Write]:
    """Yield the writes that add what a verdict shows of each worker to their newest lessons."""
    for worker, lesson in event.lessons.items():
        if lesson.get(ANSWERS):
            key = keys.reliability(event.pool, event.task_type, worker)
            entry = entry_of(event.at, event.task_id, lesson)
            yield keep_highest(key, entry, keys.NEWEST, each=EACH)


def announced(event: VerdictReached | SecondRequested) -> Iterable[Change]:
    """Yield the change that keeps which rating of each worker was announced last.

    It has no guard: of two ratings the one with the higher order stays, whichever is folded first,
    also where the task has had its verdict before.
    """
    if event.rated:
        yield Change(aggregate=None, guards=(), writes=tuple(_last(event)))


def _last(event: VerdictReached | SecondRequested) -> Iterable[Write]:
    for one in event.rated:
        key = keys.reliability(event.pool, event.task_type, one.worker_id)
        yield advance(key, {keys.RATED: one.kept.text})
