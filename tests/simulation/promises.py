"""What the topics of the whole scenario must show beyond the audit."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from shared.events.assignments import (
    AssignmentAnswered,
    AssignmentOffered,
    AssignmentWithdrawn,
    TaskClosed,
    TaskQueued,
)
from shared.events.model import Event
from shared.events.people import WorkerProfiled
from tests.simulation.kafka import Broker
from tests.simulation.reading import events_on


def broken_promises(broker: Broker) -> Iterable[str]:
    """Seats given twice, and closings that name other answers than there were."""
    events = events_on(broker, "assignments")
    wanted: dict[str, int] = defaultdict(int)
    for event in events:
        if isinstance(event, TaskQueued):
            wanted[event.task_id] = max(wanted[event.task_id], event.wanted)
    answered = [e for e in events if isinstance(e, AssignmentAnswered) and not e.late]
    for task, count in sorted(Counter(event.task_id for event in answered).items()):
        if count > wanted[task]:
            yield f"{task} wanted {wanted[task]} answers and took {count} in time"
    offered = Counter((e.task_id, e.worker_id) for e in events if isinstance(e, AssignmentOffered))
    yield from (f"offered twice: {pair}" for pair, count in sorted(offered.items()) if count > 1)
    yield from _misnamed(events, answered)


def _misnamed(events: Iterable[Event], answered: Iterable[AssignmentAnswered]) -> Iterable[str]:
    in_time: dict[str, set[str]] = defaultdict(set)
    for answer in answered:
        in_time[answer.task_id].add(answer.assignment_id)
    for event in events:
        if isinstance(event, TaskClosed) and set(event.answers) != in_time[event.task_id]:
            yield f"{event.task_id} closed naming {event.answers}, not {in_time[event.task_id]}"


PATIENCE_SECONDS = 40.0


def stranded(broker: Broker, calm_at: datetime) -> Iterable[str]:
    """Tasks that ran out of time although, with everybody there and answering for a good while,
    a worker who meets the requirement was never asked.
    """
    events = events_on(broker, "assignments")
    queued = {e.task_id: e for e in events if isinstance(e, TaskQueued)}
    asked: dict[str, set[str]] = defaultdict(set)
    for event in events:
        if isinstance(event, AssignmentOffered | AssignmentWithdrawn | AssignmentAnswered):
            asked[event.task_id].add(event.worker_id)
    people = [e for e in events_on(broker, "workers") if isinstance(e, WorkerProfiled)]
    for event in events:
        if not isinstance(event, TaskClosed) or event.reason != "deadline":
            continue
        task = queued[event.task_id]
        waited_since = max(calm_at, task.created_at)
        if task.policy.times.deadline_at < waited_since + timedelta(seconds=PATIENCE_SECONDS):
            continue
        fit = {p.worker_id for p in people if p.pool == task.pool and _meets(p, task)}
        left = sorted(fit - asked[event.task_id])
        if left:
            yield f"{event.task_id} waited in vain: {left} never asked"


def _meets(profile: WorkerProfiled, task: TaskQueued) -> bool:
    needs = task.policy.requirement.skills
    return all(profile.skills.get(need.skill, 0) >= need.level_min for need in needs)
