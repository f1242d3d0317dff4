"""Turns each event into changes of qa's state in Redis, at first and when it is rebuilt.

A fold is a function that returns guarded changes for an event: writes that Redis makes only if
their guards (conditions on fields) hold. The guards make the result the same in whatever order the
events come, and however often.
Example: a VerdictReached event that is applied twice adds to the workers' counters once.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from services.qa import CARD, fold_golds, fold_rating, fold_taught, fold_witness, keys
from services.qa.answers import author_of, entry_of, entry_of_draft, is_large
from services.qa.state import AnswerStanding, Shown
from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.second_stage import SecondRequested, first_task_of
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.contracts.questions import KINDS, written
from shared.pattern.clock import to_ms
from shared.pattern.service import Folds
from shared.state.changes import (
    Change,
    Write,
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

ENDING_KEPT_SECONDS = CARD.ending_kept_seconds
UNHEARD_OF_SECONDS = ENDING_KEPT_SECONDS
"""Seconds after the last event about a task at which it expires, if it never had a verdict.
Every task is closed after 30 days at most; if not, its closing or its rules were dead letters.
"""
PRICE_DIGITS = 9
OPEN_FIELDS = (keys.ASKS, "min", "max", "confidence", "task_type", "created_at", "price")
_OF_STAGES = ("then", "until", "second", keys.SHOWN)
_DROPPED = (
    *("wanted", "closed", keys.GOLD, keys.PROMISED),
    *OPEN_FIELDS,
    *keys.REF.values(),
    *_OF_STAGES,
)

folds = Folds()
fold_golds.register(folds)


@folds.of(TaskCreated)
def created(event: TaskCreated) -> Iterable[Change]:
    """Yield the changes that store a task's question and rules, and how many answers it wants."""
    task = keys.task(event.pool, event.task_id)
    policy, ref = event.policy, event.ref.model_dump(exclude_none=True)
    answers = event.answers_wanted
    yield Change(
        aggregate=task,
        guards=(absent(task, "verdict"), absent(task, keys.ASKS)),
        writes=(
            put(
                task,
                **{keys.ASKS: written(event.question_asked)},
                min=answers.min,
                max=answers.max,
                confidence=str(policy.goal),
                task_type=policy.task_type,
                created_at=to_ms(event.at),
                **{keys.REF[name]: value for name, value in ref.items()},
                **_of_stages(event),
                **_promised(event),
                **_price(event),
            ),
            *_draft(event, task),
            *fold_witness.kept(event, task),
            _forget_unheard(task, event.at),
        ),
    )
    yield _wants(task, answers.min)
    if policy.then is not None:
        yield _shows(task, event)


def _of_stages(event: TaskCreated) -> Mapping[str, str | int]:
    """Return the fields of a task with a second stage, or of one that is a second stage itself."""
    then = event.policy.then
    if then is not None:
        return {"then": f"{then.task_type} {then.task_seconds}"}
    if first_task_of(event.task_id) is not None:
        return {"until": to_ms(event.policy.times.deadline_at)}
    return {}


def _promised(event: TaskCreated) -> Mapping[str, str]:
    """Return the field that hands on to the verdict what a gate with a promise said."""
    said = event.gate.promised
    return {} if said is None else {keys.PROMISED: said.model_dump_json(exclude_none=True)}


def _price(event: TaskCreated) -> Mapping[str, str]:
    """Return by how much one more answer must raise the chance of being right, where it is weighed.

    Example: at 5 minor units an answer, and 25 for each percentage point, by 0.002.
    """
    worth, quote = event.policy.worth_per_point, event.policy.quote.of_task(event.asked)
    if worth is None or not quote.amount_minor:
        return {}
    return {"price": str(min(1.0, round(quote.amount_minor / (100 * worth), PRICE_DIGITS)))}


def _shows(task: str, event: TaskCreated) -> Change:
    """Return the change that stores what of the output a second stage shows beside the answers.

    Where people may begin from a draft it is not shown: whoever ranks would lean to it.
    """
    output = event.output
    drafted = KINDS[event.policy.asks.kind].drafts
    shown = Shown(
        text=None if drafted else output.text,
        request=output.request,
        media=output.media,
        language=output.language,
    )
    return Change(
        aggregate=task,
        guards=(absent(task, "verdict"), absent(task, "second")),
        writes=(put_fields(task, {keys.SHOWN: shown.model_dump_json(exclude_none=True)}),),
    )


@folds.of(AssignmentAnswered)
def answered(event: AssignmentAnswered) -> Iterable[Change]:
    """Yield the change that stores a worker's answer; one on time replaces a late one.

    Nothing is stored once the verdict has named the answer. A large answer has a change of its own
    before, which makes nothing after the verdict: nobody reads it then.
    Example: a late answer is stored as `1 cat`, and one on time replaces it by `2 dog`.
    """
    task, entry = keys.task(event.pool, event.task_id), entry_of(event)
    standing = AnswerStanding.LATE if event.late else AnswerStanding.ON_TIME
    below = field_below(task, entry.name, standing)
    if entry.apart:
        large = keys.large_answers(event.pool, event.task_id, event.worker_id)
        writes = put_fields(large, entry.apart), _forget_unheard(large, event.at)
        yield Change(aggregate=task, guards=(absent(task, "verdict"), below), writes=writes)
    yield Change(
        aggregate=task,
        guards=(below,),
        writes=(put_fields(task, {entry.name: entry.value}), _forget_unheard(task, event.at)),
    )


@folds.of(TaskClosed)
def closed(event: TaskClosed) -> Iterable[Change]:
    """Yield the change that stores which answers the task's closing names.

    It is dropped if the verdict was reached before.
    """
    task = keys.task(event.pool, event.task_id)
    yield Change(
        aggregate=task,
        guards=(absent(task, "verdict"), absent(task, "closed")),
        writes=(put(task, closed=_json(event.answers)), _forget_unheard(task, event.at)),
    )


@folds.of(ReviewRequested)
def review(event: ReviewRequested) -> Iterable[Change]:
    """Yield the change that raises the number of answers asked for in all; it never falls."""
    task = keys.task(event.pool, event.task_id)
    yield _wants(task, event.wanted, _forget_unheard(task, event.at))


@folds.of(SecondRequested)
def second(event: SecondRequested) -> Iterable[Change]:
    """Yield the change that lets a task wait for its second stage; of two the lower output stands.

    It also lists the second stage, to be looked at when the task has waited for long enough.
    """
    task = keys.task(event.pool, event.task_id)
    waiting = keys.waiting(event.second_task_id, event.second_type)
    until_ms = to_ms(event.until)
    said = [event.second_task_id, list(event.assignments), dict(event.weights), until_ms]
    yield Change(
        aggregate=task,
        guards=(absent(task, "verdict"),),
        writes=(
            advance(task, {"second": f"{_lower_first(event.output_id)} {_json(said)}"}),
            drop_fields(task, keys.SHOWN),
            score(keys.deadlines(event.pool, event.task_id), waiting, until_ms),
            _forget_unheard(task, event.until),
        ),
    )
    yield from fold_rating.announced(event)


def _lower_first(output_id: str) -> int:
    """Return a number that is the higher, the lower this id of an output is.

    Of two requests the higher number stays, whichever is folded first. Redis holds whole numbers
    below 2**53 exactly: 13 hex digits of an id.
    """
    return 2**52 - 1 - int(output_id.replace("-", "")[:13], 16)


@folds.of(VerdictReached)
def verdict(event: VerdictReached) -> Iterable[Change]:
    """Yield the change that reduces a task to its verdict and adds to its workers' counters."""
    task = keys.task(event.pool, event.task_id)
    yield Change(
        aggregate=task,
        guards=(absent(task, "verdict"),),
        writes=(
            put(task, verdict=event.stop_reason),
            drop_fields(task, *_DROPPED),
            *_named(event),
            *_large_dropped(event),
            # Under the guard of the verdict: a lesson that is added twice counts twice for ever.
            *fold_taught.taught(event),
            *fold_rating.newest(event),
            *fold_golds.judged(event),
            *fold_witness.judged(event),
            *_no_longer_waits(event),
            forget(task, int(event.at.timestamp()) + ENDING_KEPT_SECONDS),
        ),
    )
    yield from fold_rating.announced(event)


def _no_longer_waits(event: VerdictReached) -> Iterable[Write]:
    by = event.decided_by
    if by is not None:
        listed = keys.deadlines(event.pool, event.task_id)
        yield unscore(listed, keys.waiting(by.task_id, by.task_type))


def _wants(task: str, wanted: int, *more: Write) -> Change:
    return Change(
        aggregate=task,
        guards=(absent(task, "verdict"), field_below(task, "wanted", wanted)),
        writes=(put(task, wanted=wanted), *more),
    )


def _named(event: VerdictReached) -> Iterable[Write]:
    """Yield the write that replaces each answer in the verdict by AnswerStanding.NAMED."""
    names = [keys.answer(vote.worker_id, vote.assignment_id) for vote in event.votes]
    if names:
        task = keys.task(event.pool, event.task_id)
        yield put_fields(task, dict.fromkeys(names, AnswerStanding.NAMED))


def _draft(event: TaskCreated, task: str) -> Iterable[Write]:
    """Yield the writes that store a task's draft, if it has one."""
    entry = entry_of_draft(event)
    if entry is None:
        return
    yield put_fields(task, {entry.name: entry.value})
    if entry.apart:
        large = keys.large_answers(event.pool, event.task_id, author_of(event))
        yield put_fields(large, entry.apart)
        yield _forget_unheard(large, event.at)


def _large_dropped(event: VerdictReached) -> Iterable[Write]:
    """Yield the writes that drop what is kept apart: large answers, and the draft."""
    for vote in event.votes:
        if vote.digest is not None or is_large(vote.answer):
            large = keys.large_answers(event.pool, event.task_id, vote.worker_id)
            yield drop_fields(large, vote.assignment_id)
    if event.draft is not None:
        author = event.draft.author
        yield drop_fields(keys.task(event.pool, event.task_id), keys.answer(author, author))
        yield drop_fields(keys.large_answers(event.pool, event.task_id, author), author)


def _forget_unheard(key: str, at: datetime) -> Write:
    return forget(key, int(at.timestamp()) + UNHEARD_OF_SECONDS)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
