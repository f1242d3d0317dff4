"""Says which workers' ratings are announced with a decision: those that moved, not each verdict's.

What was announced last is kept with the worker's counters, folded from the journal's own events: of
two the later era and then the higher count stays, in any order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from services.qa.agreement.reliability import ANSWERS
from services.qa.rating.newest import entry_of, read_entries, share_of, text_with
from services.qa.rating.rate import WorkerRating, rate
from services.qa.state import Cause, RatingBasis, TaskUnderReview
from shared.contracts.events.ratings import (
    ERA_SECONDS,
    KeptRating,
    LastLesson,
    RatingAnnounced,
    WorkerRated,
)
from shared.contracts.events.second_stage import SecondRequested
from shared.contracts.events.verdicts import VerdictReached
from shared.pattern.service import Decision

MOVED_MIN = 0.02
"""How far the lower bound moves until a rating is announced again."""
ANSWERS_BETWEEN = 20
"""Or after so many answers, however little it moved."""
AT_ONCE_MAX = 50
"""Ratings that one decision announces at most, so that its fact fits its record.

Those of the others are announced with the next verdict that teaches of them.
"""
_EXACT = 1e-9
_Notes = VerdictReached | SecondRequested


def announced(
    cause: Cause,
    task: TaskUnderReview,
    lessons: Mapping[str, Mapping[str, int]],
    now: datetime,
) -> tuple[WorkerRated, ...]:
    """Return the ratings to announce with what a verdict teaches, or with a second stage.

    `lessons` are what is added to the workers' counters with it; none at a second stage, which says
    what earlier verdicts have moved. Of a worker who is not loaded nothing is said.
    Example: the first lesson about a worker is announced, and then the bound has to move.
    """
    return tuple(islice(_due(cause, task, lessons, now), AT_ONCE_MAX))


def with_ratings(decided: Decision, rated: Sequence[WorkerRated]) -> Decision:
    """Return a decision that announces these ratings too, each noted in its fact of the journal.

    That fact is its first verdict or request for a second stage; without one nothing is announced.
    """
    number = next((n for n, event in enumerate(decided.events) if isinstance(event, _Notes)), None)
    if not rated or number is None:
        return decided
    noted = tuple(
        RatingAnnounced(worker_id=one.worker_id, era=one.era, count=one.count, lower=one.lower)
        for one in rated
    )
    fact = decided.events[number].model_copy(update={"rated": noted})
    events = *decided.events[:number], fact, *decided.events[number + 1 :]
    return replace(decided, events=(*rated, *events))


def _due(
    cause: Cause,
    task: TaskUnderReview,
    lessons: Mapping[str, Mapping[str, int]],
    now: datetime,
) -> Iterable[WorkerRated]:
    if task.rules is None:
        return
    for worker_id in sorted(lessons or task.rating_bases):
        lesson = lessons.get(worker_id, {})
        basis = task.rating_bases.get(worker_id)
        if basis is None or (lessons and not lesson.get(ANSWERS)):
            continue
        reliability, newest = task.reliabilities[worker_id], basis.newest
        if lesson:
            reliability = reliability.taught(lesson)
            newest = text_with(newest, entry_of(now, cause.task_id, lesson))
        if not reliability.answers:
            continue
        rating = rate(reliability.once(), read_entries(newest), task.population)
        era = _era(basis, task.reliabilities[worker_id].once().answers, now)
        if not _moved(rating, era, basis.announced):
            continue
        yield WorkerRated(
            pool=cause.pool,
            at=now,
            task_type=task.rules.task_type,
            worker_id=worker_id,
            mean=rating.mean,
            lower=rating.lower,
            upper=rating.upper,
            count=rating.count,
            era=era,
            caused_by=cause.task_id,
            last=_last(cause.task_id, lesson),
        )


def _last(task_id: str, lesson: Mapping[str, int]) -> LastLesson | None:
    return LastLesson(task_id=task_id, agreed=share_of(lesson) >= 0.5) if lesson else None


def _era(basis: RatingBasis, answers: int, now: datetime) -> datetime:
    """Return the era of a rating: that of the last one, or one that begins now.

    Fewer answers than were announced before tell that the journal had lost its beginning when the
    state was made from it. The new era is later than the last in any case, whatever clocks say.
    """
    begins = now.replace(second=0, microsecond=0)
    last = basis.announced
    if last is None:
        return begins
    if answers >= last.count:
        return last.era
    return max(begins, last.era + timedelta(seconds=ERA_SECONDS))


def _moved(rating: WorkerRating, era: datetime, last: KeptRating | None) -> bool:
    if last is None or era > last.era:
        return True
    far = abs(rating.lower - last.lower) >= MOVED_MIN - _EXACT
    return far or rating.count - last.count >= ANSWERS_BETWEEN
