"""Says for each event which Redis keys qa loads before it decides.

A `Loading` has three functions: `reads` returns the loads to make, `state` builds the decision's
input from them, `aggregates` returns the hashes whose revision number the commit compares.
Example: an answer loads its task, and the reliability of everybody who answered that task.
"""

from collections.abc import Sequence
from functools import lru_cache

from services.qa import keys, to_state
from services.qa.answers import LARGE, author_of
from services.qa.state import AnswerStanding, BothStages, Cause, TaskName, TaskUnderReview
from services.qa.to_state import second_of, task_type_of
from services.qa.witness.kept import entry_of_witness
from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.second_stage import SecondDue, first_task_of
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.pattern.service import Loading
from shared.state.changes import Read, hash_of
from shared.state.part import coming, part_of, whole_at, whole_unless, whole_with

_IF_KNOWN, _IF_CLOSED, _UNLESS_IT_WAITS = (
    whole_with(keys.ASKS),
    whole_with("closed"),
    whole_unless("second"),
)
_IF_ALL_IN = whole_at("wanted", str(AnswerStanding.ON_TIME.value))


def _task_key(event: OutputWaived) -> tuple[str]:
    return (keys.task(event.pool, event.task_id),)


def _task_keys(event: Cause) -> tuple[str, ...]:
    """Return the hashes whose revisions guard the decision; of a second task the first one's too.

    Both verdicts are in one commit, so no other may have touched either.
    """
    own, first = keys.task(event.pool, event.task_id), first_task_of(event.task_id)
    return (own,) if first is None else (own, keys.task(event.pool, first))


def _task_reads(event: Cause) -> Sequence[Read]:
    """Return Reads (run by the caller) for a task and for the reliability of its workers.

    They name the task's hash, the counters of each worker who has answered the task, their answer
    to it if it is large, and the counters of all workers on this task type. For an answer they name
    the answers before it and their workers only once all that are wanted may be in: before, none is
    weighed, and what an answer loads does not grow with the answers before it. None is named while
    the task waits for its second stage.
    Example: two stored answers of two wanted, and the event of a third: three workers' counters.
    """
    key = keys.task(event.pool, event.task_id)
    reliability, population = _counters(event.pool, task_type_of(event))
    ranked = _ranked(event)
    # Before all that names `ranked`, which is a part of it: what is loaded first is never a part.
    before = *_first_reads(event, ranked), population
    then = *reliability, *_large_of(event), *ranked
    if isinstance(event, TaskCreated):
        # Nothing of it is known yet, but for answers and a closing that were read before it.
        closed = hash_of(key, field="closed", then=ranked)
        return *before, *_of_author(event), hash_of(key, field=keys.ANSWER, then=then), closed
    return *before, part_of(key, *_words(event), field=keys.ANSWER, then=then)


def _words(event: AssignmentAnswered | TaskClosed | TaskName) -> tuple[str, ...]:
    """Return the words that say of which event a task is loaded whole."""
    if not isinstance(event, AssignmentAnswered):
        return _UNLESS_IT_WAITS, _IF_KNOWN
    # This answer too: the task's hash names it only once the event is folded, later. It is loaded
    # where it is there: a view that took it for a new one would count a change that Redis does not.
    own = keys.answer(event.worker_id, event.assignment_id)
    return _UNLESS_IT_WAITS, _IF_CLOSED, _IF_ALL_IN, own if event.late else coming(own)


def _of_author(event: TaskCreated) -> tuple[Read, ...]:
    """Return the read of what the model has shown: the task does not name it yet."""
    drafts = event.asked is not None and event.asked.draft is not None
    authors = [author_of(event)] if drafts else []
    witness = entry_of_witness(event)
    if witness is not None:
        authors.append(keys.answered(witness[0])[0])
    task_type = task_type_of(event)
    return tuple(hash_of(keys.reliability(event.pool, task_type, author)) for author in authors)


@lru_cache(maxsize=1024)
def _counters(pool: str, task_type: str) -> tuple[tuple[Read, ...], Read]:
    """Return the reads of each worker's counters on a task type, and of all workers together."""
    reliability = hash_of(keys.reliabilities(pool, task_type))
    return (reliability,), hash_of(keys.population(pool, task_type))


def _large_of(event: Cause) -> tuple[Read, ...]:
    # To a question whose answers are text none is large: its answer in time is text, as all are.
    if isinstance(event, AssignmentAnswered) and isinstance(event.answer, str) and not event.late:
        return ()
    return (_large(event.pool, event.task_id),)


def _large(pool: str, task_id: str) -> Read:
    """Return the read of a worker's large answers to a task, or of its draft, if they gave one."""
    return hash_of(keys.large_answers_to(pool, task_id), holding=LARGE)


def _ranked(event: Cause) -> tuple[Read, ...]:
    """Return the read of the large answers to the task that this one decides, if it waits.

    None where it is no second task.
    """
    first = first_task_of(event.task_id)
    if first is None:
        return ()
    large, key = _large(event.pool, first), keys.task(event.pool, first)
    return (part_of(key, whole_with("second"), field=keys.ANSWER, then=(large,)),)


def _first_reads(event: Cause, ranked: Sequence[Read]) -> tuple[Read, ...]:
    """Return the read of the task that this one decides, whole; none where it is no second task.

    Its large answers are named only where this event may decide it: with the answers of the second
    task, which are named only once all may be in; or here, where it may end without any.
    """
    first = first_task_of(event.task_id)
    if first is None:
        return ()
    then = () if isinstance(event, AssignmentAnswered | TaskCreated) else ranked
    return (hash_of(keys.task(event.pool, first), field="second", then=then),)


task: Loading[Cause, TaskUnderReview | None] = Loading(
    reads=_task_reads, state=to_state.task_to_judge, aggregates=_task_keys
)
"""How to load a task with its answers, and the reliability of the workers who gave them.

Its state is None while some answers are missing. The commit compares the task's revision number;
reliabilities may change meanwhile.
"""

both_stages: Loading[SecondDue, BothStages] = Loading(
    reads=lambda event: _task_reads(second_of(event)),
    state=to_state.both_stages,
    aggregates=lambda event: _task_keys(second_of(event)),
)
"""How to load a second task as `task` does, and the first one that it decides."""

verdict: Loading[OutputWaived, str | None] = Loading(
    reads=lambda event: (hash_of(keys.task(event.pool, event.task_id)),),
    state=to_state.stop_reason,
    aggregates=_task_key,
)
"""How to load, for an output that nobody was asked about, why its verdict was reached.

The commit compares the revision number of the output's hash.
"""
