"""Folds of router: events into changes of its state, in any order, any number of times."""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from services.router import CARD, keys
from services.router.state import PIECES, Closing, Content, Rules, Stage
from shared.contracts.events.assignments import (
    AssignmentAccepted,
    AssignmentAnswered,
    AssignmentDeclined,
    AssignmentExpired,
    AssignmentOffered,
    AssignmentWithdrawn,
    TaskClosed,
    TaskQueued,
    TaskUnroutable,
)
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.verdicts import ReviewRequested
from shared.pattern.clock import to_ms
from shared.pattern.service import Folds
from shared.state.changes import (
    Change,
    absent,
    advance,
    drop_fields,
    field_below,
    forget,
    put,
    put_fields,
    score,
    unscore,
)

folds = Folds()

ENDING_KEPT_SECONDS = CARD.ending_kept_seconds
_DAY_MS = 86_400_000
_NOTHING: Mapping[str, str] = MappingProxyType({})

_Held = AssignmentOffered | AssignmentAccepted
_Ended = AssignmentDeclined | AssignmentExpired | AssignmentWithdrawn | AssignmentAnswered


@folds.of(TaskQueued)
def queued(event: TaskQueued) -> Iterable[Change]:
    """Keep the task's facts while it is open, and how many answers are wanted, which only rises.

    Example: queued again with `wanted` 3, a task that wants 2 keeps its facts and wants 3.
    """
    task, rules = keys.task(event.pool, event.task_id), Rules.of(event.policy)
    deadline_ms = to_ms(event.policy.times.deadline_at)
    # Before the task, which names them: whoever reads the task must find its rules.
    yield from _lasting(event.pool, rules, deadline_ms)
    facts = put(
        task, rules=rules.digest, created_at=to_ms(event.created_at), deadline_at=deadline_ms
    )
    shown = Content.packed(event.output, event.ref)
    content = put_fields(keys.content(event.pool, event.task_id), shown)
    due = score(keys.deadlines(event.pool, event.task_id), event.task_id, deadline_ms)
    trace = event.ref.traceparent
    yield Change(
        aggregate=task,
        guards=(absent(task, "rules"), absent(task, "closed")),
        writes=(facts, content, due),
    )
    if trace:
        yield Change(
            aggregate=task,
            guards=(absent(task, "trace"),),
            writes=(put(task, trace=trace),),
        )
    yield Change(
        aggregate=task,
        guards=(field_below(task, "wanted", event.wanted),),
        writes=(put(task, wanted=event.wanted),),
    )


def _lasting(pool: str, rules: Rules, deadline_ms: int) -> Iterable[Change]:
    """Keep rules that many tasks share; written again at most once a day, to expire a day later."""
    kept = keys.rules(pool, rules.digest)
    until = (deadline_ms // _DAY_MS + 1) * 86_400 + ENDING_KEPT_SECONDS
    yield Change(
        aggregate=None,
        guards=(field_below(kept, "until", until),),
        writes=(put(kept, policy=rules.policy, until=until), forget(kept, until)),
    )


@folds.of(ReviewRequested)
def reviewed(event: ReviewRequested) -> Iterable[Change]:
    """Keep how many answers qa wants, also of a task that is not queued yet.

    Redis may have lost the task, and the event that queues it again come after this one.
    Example: qa wants 3 answers, the task is queued afterwards with 2, and looks for 3 people.
    """
    task = keys.task(event.pool, event.task_id)
    yield Change(
        aggregate=task,
        guards=(field_below(task, "asked", event.wanted), absent(task, "closed")),
        writes=(put(task, asked=event.wanted),),
    )


@folds.of(TaskUnroutable)
def unroutable(event: TaskUnroutable) -> Iterable[Change]:
    """Keep that the task was announced as unroutable, so that it is announced once."""
    task = keys.task(event.pool, event.task_id)
    yield Change(
        aggregate=task,
        guards=(absent(task, "unroutable"),),
        writes=(put(task, unroutable=1),),
    )


@folds.of(TaskClosed)
def closed(event: TaskClosed) -> Iterable[Change]:
    """Drop what is bulky at once, and the rest when no topic can bring the task up again."""
    task = keys.task(event.pool, event.task_id)
    reason = Closing[event.reason.upper()]
    yield Change(
        aggregate=task,
        guards=(field_below(task, "closed", reason),),
        writes=(
            put(task, closed=reason),
            drop_fields(task, "rules", "created_at", "deadline_at", "asked"),
            drop_fields(keys.content(event.pool, event.task_id), *PIECES),
            unscore(keys.deadlines(event.pool, event.task_id), event.task_id),
            forget(task, int(event.at.timestamp()) + ENDING_KEPT_SECONDS),
        ),
    )


@folds.of(AssignmentOffered)
def offered(event: AssignmentOffered) -> Iterable[Change]:
    """Hold the seat until `accept_by`."""
    yield from _held(event, Stage.OFFERED)


@folds.of(AssignmentAccepted)
def accepted(event: AssignmentAccepted) -> Iterable[Change]:
    """Hold the seat until `answer_by`."""
    yield from _held(event, Stage.ACCEPTED)


def _held(event: _Held, stage: Stage) -> Iterable[Change]:
    accept_ms, answer_ms = to_ms(event.accept_by), to_ms(event.answer_by)
    yield _staged(event, stage, f"{event.place} {event.turn} {accept_ms} {answer_ms}")
    yield _used(event, "turn")


@folds.of(AssignmentDeclined)
def declined(event: AssignmentDeclined) -> Iterable[Change]:
    """Free the seat and the place."""
    yield _staged(event, Stage.DECLINED)
    yield _used(event, "ended")


@folds.of(AssignmentExpired)
def expired(event: AssignmentExpired) -> Iterable[Change]:
    """Free the seat and the place."""
    yield _staged(event, Stage.EXPIRED)
    yield _used(event, "ended")


@folds.of(AssignmentWithdrawn)
def withdrawn(event: AssignmentWithdrawn) -> Iterable[Change]:
    """Free the seat and the place.

    A displaced assignment is one that the state had lost: its turn may belong to another assignment
    by now, so its place is left as it is.
    Example: Redis is restored from a copy, and an answer arrives for an offer made after that copy.
    """
    yield _staged(event, Stage.WITHDRAWN)
    if event.reason != "displaced":
        yield _used(event, "ended")


@folds.of(AssignmentAnswered)
def answered(event: AssignmentAnswered) -> Iterable[Change]:
    """End the seat by an answer on time; keep a late answer apart, where it changes no ending."""
    if event.late:
        late = keys.late(event.pool, event.assignment_id)
        expiry = forget(late, int(event.at.timestamp()) + ENDING_KEPT_SECONDS)
        yield Change(
            aggregate=None,
            guards=(absent(late),),
            writes=(put(late, digest=event.digest), expiry),
        )
        return
    answer = {keys.digest(event.worker_id): event.digest}
    yield _staged(event, Stage.ANSWERED, more=answer)
    yield _used(event, "ended")


def _staged(
    event: _Held | _Ended, stage: Stage, held: str = "", *, more: Mapping[str, str] = _NOTHING
) -> Change:
    """Return the change that moves an assignment on to a stage.

    `held` is the packed seat; without it the assignment has ended and the seat is free.
    Example: `seat:w-7` = `1 0 3 ...` (offered) becomes `6` (answered).
    """
    task, name = keys.task(event.pool, event.task_id), keys.seat(event.worker_id)
    value = f"{stage} {held}" if held else str(stage)
    return Change(
        aggregate=task,
        guards=(field_below(task, name, stage),),
        writes=(put_fields(task, {name: value, **more}),),
    )


def _used(event: _Held | _Ended, fact: str) -> Change:
    """Return the change that notes a place's turn or its end, and when the worker was active.

    Each number only moves forward, so the change needs no guard in whatever order it is made.
    Example: the end of turn 2 folded after turn 3 was offered leaves turn 3 held.
    """
    used = {f"{event.place}.{fact}": event.turn, "active_ms": to_ms(event.at)}
    places = keys.places(event.pool, event.worker_id)
    return Change(aggregate=None, guards=(), writes=(advance(places, used),))


@folds.of_ordered(WorkerProfiled)
def profiled(event: WorkerProfiled, order: int) -> Iterable[Change]:
    """Keep the profile; of two the one from the later record stands."""
    profile = json.dumps(
        [event.skills, sorted(event.languages), event.capacity, event.status == "active"],
        separators=(",", ":"),
        sort_keys=True,
    )
    worker = keys.worker(event.pool, event.worker_id)
    yield Change(
        aggregate=None,
        guards=(field_below(worker, "profile_at", order),),
        writes=(
            put(worker, profile=profile, profile_at=order),
            score(keys.workers(event.pool), event.worker_id, 0),
        ),
    )


@folds.of_ordered(PresenceChanged)
def present(event: PresenceChanged, order: int) -> Iterable[Change]:
    """Keep the presence; of two the one from the later record stands."""
    worker = keys.worker(event.pool, event.worker_id)
    yield Change(
        aggregate=None,
        guards=(field_below(worker, "presence_at", order),),
        writes=(put(worker, presence=event.presence, presence_at=order),),
    )
