"""Turns each event into changes of the router's state in Redis, at first and when it is rebuilt.

A fold is a function that returns guarded changes for an event: writes that Redis makes only if
their guards (conditions on fields) hold. The guards make the result the same in whatever order the
events come, and however often.
Example: an AssignmentAnswered event that is applied twice changes the task's hash once.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from services.router import CARD, fold_people, keys
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
from shared.state.escaping import escaped

folds = Folds()
fold_people.register(folds)

ENDING_KEPT_SECONDS = CARD.ending_kept_seconds
_DAY_MS = 86_400_000
_NOTHING: Mapping[str, str] = MappingProxyType({})

_Held = AssignmentOffered | AssignmentAccepted
_Ended = AssignmentDeclined | AssignmentExpired | AssignmentWithdrawn | AssignmentAnswered


@folds.of(TaskQueued)
def queued(event: TaskQueued) -> Iterable[Change]:
    """Yield the changes that store a task while it is open, and raise its number of answers.

    Only the first TaskQueued event of a task stores its rules, times and output. A later one, which
    asks for more answers, only raises `wanted`.
    Example: queued again with `wanted` 3, a task that wanted 2 keeps all else and wants 3.
    """
    task, rules = keys.task(event.pool, event.task_id), Rules.of(event.policy)
    deadline_ms = to_ms(event.policy.times.deadline_at)
    # Before the task, which names them: whoever reads the task must find its rules.
    yield from _lasting(event.pool, rules, deadline_ms)
    times = {"created_at": to_ms(event.created_at), "deadline_at": deadline_ms}
    facts = put(task, rules=rules.digest, **times, **_audience(event))
    shown = Content.packed(event.output, event.ref, event.asked)
    content = put_fields(keys.content(event.pool, event.task_id), shown)
    deadlines = keys.deadlines(event.pool, event.task_id)
    due = score(deadlines, escaped(event.task_id), deadline_ms)
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
    yield from _for_certain_people(event)


def _for_certain_people(event: TaskQueued) -> Iterable[Change]:
    """Yield the changes that say who has a lane of their own from now on, and who is not asked."""
    if event.asked is None:
        return
    task = keys.task(event.pool, event.task_id)
    for worker_id in event.asked.only_for:
        owner = put_fields(keys.places(event.pool, worker_id), {keys.OWNER: escaped(worker_id)})
        yield Change(aggregate=None, guards=(), writes=(owner,))
    for worker_id in event.asked.not_for:
        # Where the worker's offer would stand, so that every match of workers and tasks sees it.
        name = keys.seat(worker_id)
        yield Change(
            aggregate=task,
            guards=(absent(task, name),),
            writes=(put_fields(task, {name: Stage.EXCLUDED}),),
        )


def _audience(event: TaskQueued) -> Mapping[str, str]:
    """Return the field that names whom a task is for; none where it is for all."""
    only_for = event.asked.only_for if event.asked else ()
    return {"only": " ".join(map(escaped, only_for))} if only_for else {}


def _lasting(pool: str, rules: Rules, deadline_ms: int) -> Iterable[Change]:
    """Yield the change that stores rules (the part of a policy many tasks share), with an expiry.

    `deadline_ms` is a task's deadline. The expiry is rounded up to a day, so that the many tasks of
    one day write the rules once.
    Example: two tasks due on one day: the first writes the rules, the second changes nothing.
    """
    kept = keys.rules(pool, rules.digest)
    until = (deadline_ms // _DAY_MS + 1) * 86_400 + ENDING_KEPT_SECONDS
    yield Change(
        aggregate=None,
        guards=(field_below(kept, "until", until),),
        writes=(put(kept, policy=rules.policy, until=until), forget(kept, until)),
    )


@folds.of(ReviewRequested)
def reviewed(event: ReviewRequested) -> Iterable[Change]:
    """Yield the change that stores how many answers qa asks for in all.

    It is stored even for a task that was not queued yet: Redis may have lost the task, and the
    event that queues it again may come after this one.
    Example: qa asks for 3 answers, the task is queued afterwards with 2, and looks for 3 workers.
    """
    task = keys.task(event.pool, event.task_id)
    yield Change(
        aggregate=task,
        guards=(field_below(task, "asked", event.wanted), absent(task, "closed")),
        writes=(put(task, asked=event.wanted),),
    )


@folds.of(TaskUnroutable)
def unroutable(event: TaskUnroutable) -> Iterable[Change]:
    """Yield the change that records that a task was announced as unroutable, to do so only once."""
    task = keys.task(event.pool, event.task_id)
    yield Change(
        aggregate=task,
        guards=(absent(task, "unroutable"),),
        writes=(put(task, unroutable=1),),
    )


@folds.of(TaskClosed)
def closed(event: TaskClosed) -> Iterable[Change]:
    """Yield the change that closes a task and deletes its output, rules and times.

    The rest (its offers and answer digests) expires once no topic can bring an event of the task
    again. Of two reasons for closing, the one with the higher number is stored.
    Example: closed at a verdict, the hash keeps `closed` = `3` for 64 days.
    """
    task = keys.task(event.pool, event.task_id)
    reason = Closing[event.reason.upper()]
    yield Change(
        aggregate=task,
        guards=(field_below(task, "closed", reason),),
        writes=(
            put(task, closed=reason),
            drop_fields(task, "rules", "created_at", "deadline_at", "asked", "only"),
            drop_fields(keys.content(event.pool, event.task_id), *PIECES),
            unscore(keys.deadlines(event.pool, event.task_id), escaped(event.task_id)),
            forget(task, int(event.at.timestamp()) + ENDING_KEPT_SECONDS),
        ),
    )


@folds.of(AssignmentOffered)
def offered(event: AssignmentOffered) -> Iterable[Change]:
    """Yield the changes that give an offered task to its worker until `accept_by`."""
    yield from _held(event, Stage.OFFERED)


@folds.of(AssignmentAccepted)
def accepted(event: AssignmentAccepted) -> Iterable[Change]:
    """Yield the changes that leave an accepted task to its worker until `answer_by`."""
    yield from _held(event, Stage.ACCEPTED)


def _held(event: _Held, stage: Stage) -> Iterable[Change]:
    accept_ms, answer_ms = to_ms(event.accept_by), to_ms(event.answer_by)
    yield _staged(event, stage, f"{event.place} {event.turn} {accept_ms} {answer_ms}")
    yield _used(event, keys.TURN, f"{event.turn} {escaped(event.task_id)}")


@folds.of(AssignmentDeclined)
def declined(event: AssignmentDeclined) -> Iterable[Change]:
    """Yield the changes that end a declined offer and free a unit of its worker's capacity."""
    yield _staged(event, Stage.DECLINED)
    yield _used(event, keys.ENDED, event.turn)


@folds.of(AssignmentExpired)
def expired(event: AssignmentExpired) -> Iterable[Change]:
    """Yield the changes that end an expired offer and free a unit of its worker's capacity."""
    yield _staged(event, Stage.EXPIRED)
    yield _used(event, keys.ENDED, event.turn)


@folds.of(AssignmentWithdrawn)
def withdrawn(event: AssignmentWithdrawn) -> Iterable[Change]:
    """Yield the changes that end a withdrawn offer and free a unit of its worker's capacity.

    With the reason `displaced` the capacity is left as it is: Redis had lost this assignment, and
    the same place and turn (unit of capacity and running number) may belong to another one now.
    Example: Redis is restored from a copy, and an answer arrives for an offer made after that copy.
    """
    yield _staged(event, Stage.WITHDRAWN)
    if event.reason != "displaced":
        yield _used(event, keys.ENDED, event.turn)


@folds.of(AssignmentAnswered)
def answered(event: AssignmentAnswered) -> Iterable[Change]:
    """Yield the changes that record an answer; on time it ends the offer and frees capacity.

    A late answer is stored under a key of its own, and changes neither task nor capacity.
    """
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
    yield _used(event, keys.ENDED, event.turn)


def _staged(
    event: _Held | _Ended, stage: Stage, held: str = "", *, more: Mapping[str, str] = _NOTHING
) -> Change:
    """Return the change that moves a worker's assignment of a task on to a later stage.

    It is made only if the stored stage is lower. `held` is the offer packed as text (place, turn,
    two deadlines) while the worker holds it, and "" once it has ended; `more` are fields to set
    beside.
    Example: `seat:w-7` = `1 0 3 ...` (offered) becomes `6` (answered).
    """
    task, name = keys.task(event.pool, event.task_id), keys.seat(event.worker_id)
    value = f"{stage} {held}" if held else str(stage)
    return Change(
        aggregate=task,
        guards=(field_below(task, name, stage),),
        writes=(put_fields(task, {name: value, **more} if more else {name: value}),),
    )


def _used(event: _Held | _Ended, fact: str, turn: int | str) -> Change:
    """Return the change that sets the last turn offered or ended in a place, and the time of it.

    A place is a unit of the worker's capacity, a turn the number of an assignment in it; `fact` is
    `.turn` (offered; behind the number stands the task) or `.ended`. Each number is only raised, so
    no guard is needed in any order.
    Example: turn 3 was offered before the end of turn 2 is applied: turn 3 is still held.
    """
    used = {f"{event.place}{fact}": turn, "active_ms": to_ms(event.at)}
    places = keys.places(event.pool, event.worker_id)
    return Change(aggregate=None, guards=(), writes=(advance(places, used),))
