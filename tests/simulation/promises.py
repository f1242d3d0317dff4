"""What the topics of the whole scenario must show beyond the audit."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from services.router.state.rating import entry_to
from shared.contracts.events.assignments import (
    AssignmentAnswered,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentWithdrawn,
    TaskClosed,
    TaskQueued,
)
from shared.contracts.events.gates import GateLearned
from shared.contracts.events.model import Event
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from tests.simulation.reading import deleted_on, events_on
from tests.support.world.kafka import Broker


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
    yield from _overtaken(events)
    yield from _taught_twice(broker)


def _misnamed(events: Iterable[Event], answered: Iterable[AssignmentAnswered]) -> Iterable[str]:
    in_time: dict[str, set[str]] = defaultdict(set)
    for answer in answered:
        in_time[answer.task_id].add(answer.assignment_id)
    for event in events:
        if isinstance(event, TaskClosed) and set(event.answers) != in_time[event.task_id]:
            yield f"{event.task_id} closed naming {event.answers}, not {in_time[event.task_id]}"


def _overtaken(events: Iterable[Event]) -> Iterable[str]:
    """Answers that came before their offer had lapsed, and whose seat was expired all the same."""
    events = list(events)
    expired = {e.assignment_id for e in events if isinstance(e, AssignmentExpired)}
    for event in events:
        if isinstance(event, AssignmentAnswered) and event.late:
            on_time = event.answered_at <= event.accept_by
            if on_time and event.assignment_id in expired:
                yield f"{event.assignment_id} was answered on time and expired all the same"


def _taught_twice(broker: Broker) -> Iterable[str]:
    """Gates that learned from more verdicts than there are."""
    verdicts = [e for e in events_on(broker, "verdicts") if isinstance(e, VerdictReached)]
    said = Counter((e.promised.gate, e.promised.term) for e in verdicts if e.promised)
    for event in events_on(broker, "gates"):
        if isinstance(event, GateLearned):
            count, there = (
                sum(c.right + c.wrong for c in event.counts),
                said[event.gate, event.term],
            )
            if count > there:
                yield f"{event.gate} learned from {count} verdicts, of {there}"


PATIENCE_SECONDS = 25.0


def stranded(broker: Broker, whole_at: datetime) -> Iterable[str]:
    """Tasks that ran out of time although a seat was vacant for a good while in which everybody
    was there and answered, and a worker who meets the requirement was never asked.
    """
    reviews = [e for e in events_on(broker, "verdicts") if isinstance(e, ReviewRequested)]
    gone = deleted_on(broker, "workers")
    profiles = [e for e in events_on(broker, "workers") if isinstance(e, WorkerProfiled)]
    people = [p for p in profiles if p.worker_id not in gone | _shown_no_choices(broker)]
    by_task: dict[str, list[Event]] = defaultdict(list)
    for event in (*events_on(broker, "assignments"), *reviews):
        by_task[event.key].append(event)
    for task, story in sorted(by_task.items()):
        fit = {p.worker_id for p in people if _meets(p, story)}
        asked = {getattr(event, "worker_id", "") for event in story}
        left = sorted(fit - asked - _barred(story, fit))
        if left and _vacant_seconds(story, whole_at) > PATIENCE_SECONDS:
            yield f"{task} waited in vain: {left} never asked"


def _shown_no_choices(broker: Broker) -> set[str]:
    """Whose app showed no choices, as it said last."""
    said = [e for e in events_on(broker, "presence") if isinstance(e, PresenceChanged)]
    last = {event.worker_id: event.kinds for event in said}
    return {who for who, kinds in last.items() if kinds is not None and "choice" not in kinds}


def _barred(story: Iterable[Event], fit: set[str]) -> set[str]:
    """Who may not be asked: authors of what is compared; of a gold nobody need be.

    It takes the place of another offer to its own people, and waits while there is none.
    """
    barred: set[str] = set()
    for event in story:
        if isinstance(event, TaskQueued) and event.asked is not None:
            barred |= {*event.asked.not_for}
            barred |= fit if event.asked.only_for else set()
    return barred


def _vacant_seconds(story: Iterable[Event], whole_at: datetime) -> float:
    """How long before it ran out of time a task had a vacant seat and nobody in any."""
    closed = next((e for e in story if isinstance(e, TaskClosed)), None)
    if closed is None or closed.reason != "deadline" or len(closed.answers) >= _wanted(story):
        return 0.0
    if any(isinstance(e, AssignmentWithdrawn) and e.reason == "deadline" for e in story):
        return 0.0
    before = [event.at for event in story if event is not closed]
    until = [e.policy.times.deadline_at for e in story if isinstance(e, TaskQueued)]
    return (min(closed.at, *until) - max(whole_at, *before)).total_seconds()


def _wanted(story: Iterable[Event]) -> int:
    """How many answers were asked for in all, by qa or by the policy."""
    asked = (e.wanted for e in story if isinstance(e, TaskQueued | ReviewRequested))
    return max(asked, default=0)


def _meets(profile: WorkerProfiled, story: Iterable[Event]) -> bool:
    queued = next((e for e in story if isinstance(e, TaskQueued)), None)
    if queued is None or profile.pool != queued.pool:
        return False
    requires = queued.policy.requirement
    if requires.reliability_min is not None:
        # How reliable somebody was changes: whom the share for newcomers lets in is certain.
        entry = entry_to(requires, "", task_id=queued.task_id, worker_id=profile.worker_id)
        if entry is None:
            return False
    needs = requires.skills
    return all(profile.skills.get(need.skill, 0) >= need.level_min for need in needs)
