"""Folds what a task and its verdict mean for the model's own answer, and for what it has shown."""

from collections.abc import Iterable

from services.qa import CARD, keys
from services.qa.witness.kept import bucket_judged, entry_of_witness
from services.qa.witness.lessons import EACH, entry_of
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.state.changes import Write, drop_fields, forget, put_fields
from shared.state.highest import keep_highest


def kept(event: TaskCreated, task: str) -> Iterable[Write]:
    """Yield the write that keeps the model's own answer with its task, if it may count."""
    entry = entry_of_witness(event)
    if entry is not None:
        yield put_fields(task, dict([entry]))


def judged(event: VerdictReached) -> Iterable[Write]:
    """Yield the writes that drop the model's answer and add what the verdict teaches of it."""
    witness = event.witness
    if witness is None:
        return
    bucket = bucket_judged(witness)
    yield drop_fields(keys.task(event.pool, event.task_id), keys.answer(bucket, keys.WITNESS))
    if witness.right_milli is not None:
        key = keys.reliability(event.pool, event.task_type, bucket)
        entry = entry_of(event.at, event.task_id, witness)
        yield keep_highest(key, entry, keys.LESSONS, each=EACH)
        yield forget(key, int(event.at.timestamp()) + CARD.ending_kept_seconds)
