"""Folds what a verdict teaches: of its workers, of its draft's author, and of its task type."""

from collections.abc import Iterable, Mapping

from services.qa import CARD, keys
from services.qa.agreement.learning import confused_field
from services.qa.agreement.reliability import population_lesson
from services.qa.integrity import flag_field
from shared.contracts.events.verdicts import VerdictReached
from shared.state.changes import Write, forget, increment, put_fields


def taught(event: VerdictReached) -> Iterable[Write]:
    """Yield the writes that add a verdict's lessons to its workers' counters and its task type's.

    Put them under the guard of the verdict: a lesson that is added twice counts twice for ever.
    """
    lessons = {
        keys.reliability(event.pool, event.task_type, worker): lesson
        for worker, lesson in event.lessons.items()
    }
    of_type = keys.population(event.pool, event.task_type)
    lessons[of_type] = population_lesson(event.lessons) | event.taught
    if event.confused is not None:
        yield put_fields(of_type, {confused_field(*event.confused): 1})
    for one in event.flagged:
        worker = keys.reliability(event.pool, event.task_type, one.worker_id)
        yield put_fields(worker, {flag_field(one.sign): 1})
    for key, lesson in lessons.items():
        yield from _added(key, lesson)
    if event.draft is not None:
        author = keys.reliability(event.pool, event.task_type, event.draft.author)
        added = list(_added(author, event.draft.lesson))
        yield from added
        if added:
            # Whoever sends outputs names their model, and may name another with each of them.
            yield forget(author, int(event.at.timestamp()) + CARD.ending_kept_seconds)


def _added(key: str, lesson: Mapping[str, int]) -> Iterable[Write]:
    taught = {name: count for name, count in lesson.items() if count}
    if taught:
        yield increment(key, taught)
