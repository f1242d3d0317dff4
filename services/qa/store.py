"""What qa loads for an event, and the state it builds of it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from services.qa import keys
from services.qa.agreement import Population, Reliability
from services.qa.state import Given, Rules, Standing, Task
from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.pattern.clock import from_ms
from shared.pattern.service import Loading
from shared.state.changes import Read, hash_of
from shared.state.store import Hash
from shared.state.view import View

Heard = TaskCreated | AssignmentAnswered | TaskClosed


def _task_type(event: Heard) -> str:
    return event.policy.task_type if isinstance(event, TaskCreated) else event.task_type


def _reads(event: Heard) -> Sequence[Read]:
    """The task and what is known of those who have answered, of who has just answered too."""
    pool, task_type = event.pool, _task_type(event)
    reliability = hash_of(keys.reliabilities(pool, task_type))
    reads = [
        hash_of(keys.task(pool, event.task_id), field=keys.GIVEN, then=[reliability]),
        hash_of(keys.population(pool, task_type)),
    ]
    if isinstance(event, AssignmentAnswered):
        reads.append(hash_of(keys.reliability(pool, task_type, event.worker_id)))
    return reads


def _task_of(event: Heard, view: View) -> Task:
    fields = view.hash(keys.task(event.pool, event.task_id))
    given = tuple(sorted(_given(fields), key=lambda found: found.assignment_id))
    everybody = view.hash(keys.population(event.pool, _task_type(event)))
    closed = fields.get("closed")
    task = Task(
        rules=_rules(fields) if "options" in fields else None,
        wanted=int(fields.get("wanted", "0")),
        given=given,
        closed=frozenset(json.loads(closed)) if closed else None,
        verdict=fields.get("verdict"),
        population=Population(**_counters(everybody)),
    )
    if not task.all_in():
        return task  # nothing is weighed yet
    voted = {found.worker_id for found in given if not found.late}
    known = {worker_id: _reliability(event, worker_id, view) for worker_id in voted}
    return replace(task, reliabilities=known)


def _rules(fields: Hash) -> Rules:
    return Rules(
        options=_options(fields["options"]),
        least=int(fields["min"]),
        most=int(fields["max"]),
        confidence=float(fields["confidence"]),
        ref={name: said for name, key in keys.REF.items() if (said := fields.get(key)) is not None},
        task_type=fields["task_type"],
        created_at=from_ms(int(fields["created_at"])),
    )


@lru_cache(maxsize=1024)
def _options(packed: str) -> tuple[str, ...]:
    """Tasks of one type have the same."""
    return tuple(json.loads(packed))


def _given(fields: Hash) -> Iterable[Given]:
    """Every answer that is kept."""
    for name, value in fields.items():
        standing, blank, answer = value.partition(" ")
        if blank and name.startswith(keys.GIVEN):
            _, worker_id, assignment_id = name.split(":")
            yield Given(assignment_id, worker_id, answer, late=int(standing) == Standing.LATE)


def _reliability(event: Heard, worker_id: str, view: View) -> Reliability:
    counters = view.hash(keys.reliability(event.pool, _task_type(event), worker_id))
    return Reliability(_counters(counters))


def _counters(fields: Hash) -> dict[str, int]:
    return {name: int(count) for name, count in fields.items()}


def _verdict_of(event: OutputWaived, view: View) -> str | None:
    return view.hash(keys.task(event.pool, event.task_id)).get("verdict")


task: Loading[Heard, Task] = Loading(
    reads=_reads,
    state=_task_of,
    aggregates=lambda event: (keys.task(event.pool, event.task_id),),
)
"""The whole of a task, guarded by its revision; reliabilities are read and not guarded."""

verdict: Loading[OutputWaived, str | None] = Loading(
    reads=lambda event: (hash_of(keys.task(event.pool, event.task_id)),),
    state=_verdict_of,
    aggregates=lambda event: (keys.task(event.pool, event.task_id),),
)
"""Why the output's verdict was reached, where it was."""
