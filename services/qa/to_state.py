"""Builds the task that qa decides on from the Redis hashes that were loaded."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.qa import keys
from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS, Population, Reliability
from services.qa.answers import answer_of
from services.qa.kept_gold import gold_of
from services.qa.state import (
    AnswerStanding,
    BothStages,
    Cause,
    FirstTask,
    KeptAnswer,
    KeptDraft,
    KeptWitness,
    RatingBasis,
    ReviewRules,
    SecondStage,
    Shown,
    TaskName,
    TaskUnderReview,
)
from services.qa.witness.kept import bucket_of
from shared.contracts.events.promised import Promised
from shared.contracts.events.ratings import KeptRating
from shared.contracts.events.second_stage import SecondDue, first_task_of
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.then import Then
from shared.contracts.questions import question_of
from shared.pattern.clock import from_ms
from shared.state.highest import text_in
from shared.state.store import Hash
from shared.state.view import View

_NO_COUNTERS = frozenset({keys.RATED, keys.GOLDED, keys.HAS_GOLDS, *keys.NEWEST, *keys.LESSONS})
_ON_TIME = f"{AnswerStanding.ON_TIME} "


def task_type_of(event: Cause) -> str:
    """Return the task type of the event's task."""
    return event.policy.task_type if isinstance(event, TaskCreated) else event.task_type


def task_to_judge(event: Cause, view: View) -> TaskUnderReview | None:
    """Return the event's task if all its answers may be in; None if they cannot be.

    Nothing is built of a task that waits, and of its answers none need be loaded. A task that waits
    for its second stage is not looked at, whatever its closing says.
    Example: with 2 of 3 wanted answers it returns None.
    """
    fields = view.hash(keys.task(event.pool, event.task_id))
    if keys.ASKS not in fields or "verdict" in fields or "second" in fields:
        return None
    if "closed" not in fields and _on_time(fields) < int(fields.get("wanted", "0")):
        return None
    return task(event, view)


def task(event: Cause, view: View) -> TaskUnderReview:
    """Return the event's task with its answers and, once all are in, its workers' reliabilities.

    Until then the reliabilities stay empty, since no answer is weighed before.
    Example: with 2 of 3 wanted answers the task is returned without reliabilities.
    """
    taught = _of_type(event, view)
    population = Population(taught.get(ANSWERS, 0), taught.get(AGREED_MILLI, 0))
    stored = _as_stored(view, event.pool, event.task_id)
    golds = keys.HAS_GOLDS in view.hash(keys.population(event.pool, task_type_of(event)))
    first = _first(event, view)
    under_review = replace(stored, population=population, first=first, has_golds=golds)
    answers = under_review.answers
    if not under_review.all_in():
        return under_review
    workers = {answer.worker_id for answer in answers if not answer.late}
    held = {worker_id: _of_worker(event, worker_id, view) for worker_id in workers}
    rating_bases = {worker_id: _rating_basis(fields) for worker_id, fields in held.items()}
    if under_review.draft is not None:
        author = under_review.draft.author
        held[author] = _of_worker(event, author, view)
    reliabilities = {who: Reliability(_counters(fields)) for who, fields in held.items()}
    return replace(
        under_review,
        reliabilities=reliabilities,
        rating_bases=rating_bases,
        taught=taught,
        witness=_with_lessons(event, under_review.witness, view),
    )


def _with_lessons(event: Cause, witness: KeptWitness | None, view: View) -> KeptWitness | None:
    if witness is None:
        return None
    bucket = bucket_of(witness.model, witness.version, witness.confidence)
    return witness._replace(lessons=text_in(_of_worker(event, bucket, view), keys.LESSONS))


def _as_stored(view: View, pool: str, task_id: str) -> TaskUnderReview:
    """Return a task with its answers, without what is known of its workers."""
    fields = view.hash(keys.task(pool, task_id))
    closed, until = fields.get("closed"), fields.get("until")
    stored = list(_answers(view, pool, task_id))
    given = [one for one in stored if isinstance(one, KeptAnswer)]
    return TaskUnderReview(
        rules=_rules(fields) if keys.ASKS in fields else None,
        wanted=int(fields.get("wanted", "0")),
        answers=tuple(sorted(given, key=lambda answer: answer.assignment_id)),
        draft=next((one for one in stored if isinstance(one, KeptDraft)), None),
        witness=next((one for one in stored if isinstance(one, KeptWitness)), None),
        closed=frozenset(json.loads(closed)) if closed else None,
        verdict=fields.get("verdict"),
        population=Population(),
        shown=Shown.model_validate_json(fields[keys.SHOWN]) if keys.SHOWN in fields else None,
        second=_second(fields["second"]) if "second" in fields else None,
        until=from_ms(int(until)) if until else None,
        gold=gold_of(fields[keys.GOLD]) if keys.GOLD in fields else None,
        promised=_promised(fields),
    )


def _promised(fields: Hash) -> Promised | None:
    said = fields.get(keys.PROMISED)
    return None if said is None else Promised.model_validate_json(said)


def _second(stored: str) -> SecondStage:
    _, _, said = stored.partition(" ")
    task_id, assignments, weights, until_ms = json.loads(said)
    return SecondStage(task_id, frozenset(assignments), weights, from_ms(until_ms))


def _first(event: Cause, view: View) -> FirstTask | None:
    """Return the task that this one decides; None where it is no second task."""
    first_id = first_task_of(event.task_id)
    if first_id is None:
        return None
    stored = _as_stored(view, event.pool, first_id)
    return FirstTask(TaskName(event.pool, first_id), stored)


def both_stages(event: SecondDue, view: View) -> BothStages:
    """Return the two tasks of a second stage."""
    name = second_of(event)
    first = _as_stored(view, event.pool, event.task_id)
    return BothStages(
        first=FirstTask(TaskName(event.pool, event.task_id), first),
        second=_as_stored(view, name.pool, name.task_id),
        to_judge=task_to_judge(name, view),
    )


def second_of(event: SecondDue) -> TaskName:
    """Return the name of the second task that the event is about."""
    return TaskName(event.pool, event.second_task_id, event.second_type)


def stop_reason(event: OutputWaived, view: View) -> str | None:
    """Return why asking stopped, from the output's stored verdict, or None without a verdict."""
    return view.hash(keys.task(event.pool, event.task_id)).get("verdict")


def _on_time(fields: Hash) -> int:
    """Return how many answers came on time; a worker may have given more than one of them."""
    return sum(
        value.startswith(_ON_TIME) and name.startswith(keys.ANSWER)
        for name, value in fields.items()
    )


def _rules(fields: Hash) -> ReviewRules:
    return ReviewRules(
        asks=question_of(fields[keys.ASKS]),
        answers_min=int(fields["min"]),
        answers_max=int(fields["max"]),
        goal=float(fields["confidence"]),
        ref={name: fields[key] for name, key in keys.REF.items() if key in fields},
        task_type=fields["task_type"],
        created_at=from_ms(int(fields["created_at"])),
        then=_then(fields["then"]) if "then" in fields else None,
        price=float(fields.get("price", "0")),
    )


def _then(stored: str) -> Then:
    task_type, _, seconds = stored.partition(" ")
    return Then(task_type=task_type, task_seconds=int(seconds))


def _answers(view: View, pool: str, task_id: str) -> Iterable[KeptAnswer | KeptDraft | KeptWitness]:
    """Yield every answer that is stored in full, and the model's own; after the verdict none is."""

    def apart(worker_id: str) -> Hash:
        return view.fields(keys.large_answers(pool, task_id, worker_id))

    for name, value in view.hash(keys.task(pool, task_id)).items():
        if " " in value and name.startswith(keys.ANSWER):
            yield answer_of(name, value, apart)


def _of_worker(event: Cause, worker_id: str, view: View) -> Hash:
    return view.hash(keys.reliability(event.pool, task_type_of(event), worker_id))


def _of_type(event: Cause, view: View) -> Mapping[str, int]:
    """Return all counters of the event's task type; they are many, and read with each verdict."""
    key = keys.population(event.pool, task_type_of(event))
    return view.built((key,), lambda: _counters(view.hash(key)))


def _counters(fields: Hash) -> dict[str, int]:
    return {name: int(count) for name, count in fields.items() if name not in _NO_COUNTERS}


def _rating_basis(fields: Hash) -> RatingBasis:
    newest = text_in(fields, keys.NEWEST)
    return RatingBasis(newest, KeptRating.of(fields[keys.RATED]) if keys.RATED in fields else None)
