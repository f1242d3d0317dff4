"""What the topics of the whole scenario must show beyond the audit."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from shared.events.assignments import AssignmentAnswered, AssignmentOffered, TaskClosed, TaskQueued
from shared.events.model import Event
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
