"""Decides whether a task has its verdict, or whether one more answer is needed.

The functions look at the whole state of a task, not only at the event: whichever comes last of the
task, its answers and its closing leads to the verdict.
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from services.qa import golds, integrity, keys, rating, second_stage
from services.qa.agreement.learning import Basis, confused_field
from services.qa.agreement.terms import (
    Ambiguous,
    AnswersWanted,
    AskOneMore,
    Budget,
    Confident,
    Futile,
    Lessons,
)
from services.qa.counting import (
    Counted,
    basis_of,
    count,
    is_shortened,
    judged_draft,
    judged_witness,
    stated,
    typical,
)
from services.qa.sizes import fitting
from services.qa.state import BothStages, Cause, ReviewRules, TaskUnderReview
from services.qa.to_state import second_of
from services.qa.votes import votes_of
from shared.contracts.events.parts import OutputRef
from shared.contracts.events.second_stage import SecondDue
from shared.contracts.events.tasks import OutputWaived
from shared.contracts.events.verdicts import JudgedGold, ReviewRequested, VerdictReached
from shared.contracts.question import Answer, text_of
from shared.contracts.questions import kind_to_name
from shared.pattern.service import Decision
from shared.state.changes import Guard, absent

LESSONS_BYTES_MAX = 192 * 1024
"""Largest size of a verdict's lessons (additions to its workers' counters), in bytes.
A verdict with larger ones carries none, so that Kafka always accepts its record.
"""

Ending = Literal["confident", "ambiguous", "futile", "budget", "exhausted"]


def let_stand(waived: OutputWaived, reached: str | None, now: datetime) -> Decision:
    """Return the decision that makes the model's own answer the verdict; nobody was asked.

    `reached` is why an earlier verdict was reached; if there is one, nothing is done.
    """
    if reached is not None:
        return Decision.done()
    return Decision.of(
        VerdictReached(
            pool=waived.pool,
            at=now,
            task_id=waived.task_id,
            task_type=waived.task_type,
            ref=waived.ref,
            by="model",
            answer=waived.answer,
            probability=waived.probability,
            distribution=(
                {} if waived.answer is None else {text_of(waived.answer): waived.probability}
            ),
            stop_reason="waived",
            created_at=waived.at,
            kind=waived.kind,
        )
    )


def judge(cause: Cause, task: TaskUnderReview | None, now: datetime) -> Decision:
    """Return the decision on a task: a verdict, one more answer, or nothing while some are missing.

    `task` is None where it need not be looked at, since answers are missing or the verdict is in.
    Before every answer that was asked for is in, none is weighed: workers' reliabilities change
    with every verdict, so an event that is read twice would be decided differently the second time.
    Answers that no count can decide between go to the second stage, if the task has one, and the
    verdict of a second task decides its first one with it.
    Example: 2 of 2 wanted answers agree, and the probability is high enough: a verdict, confident.
    """
    rules = task.rules if task else None
    if task is None or rules is None or task.verdict is not None or task.second is not None:
        return Decision.done()
    if not task.all_in():
        return Decision.done()
    seated = task.seated()
    counted = count(rules, task, seated)
    ending = _ending(rules, task, counted, answered=len(seated))
    if isinstance(ending, AskOneMore):
        review = _review(cause, task, counted, wanted=ending.wanted, at=now)
        # The next answer may be here already: then no event will come that looks again.
        after = judge(cause, replace(task, wanted=ending.wanted), now)
        return Decision.of(review, *after.events, index=after.index)
    if ending != "confident" and task.gold is None:
        asked = second_stage.request(cause, task, counted.weights, now)
        if asked:
            decided = Decision.of(*asked, index=[second_stage.looked_at(asked[1])])
            return rating.with_ratings(decided, rating.announced(cause, task, {}, now))
    verdict = _verdict(cause, task, counted, ending=ending, now=now)
    rated = rating.announced(cause, task, verdict.lessons, now)
    decided = rating.with_ratings(second_stage.decide_both(task, verdict), rated)
    if verdict.confused is not None or verdict.flagged:
        decided = replace(decided, relies=(*decided.relies, *_not_named(verdict)))
    return golds.with_dues(decided, task, verdict, now)


def _not_named(verdict: VerdictReached) -> tuple[Guard, ...]:
    """Return the guards that no other verdict has named this pair of options, or these workers."""
    about = verdict.pool, verdict.task_type
    workers = tuple(
        absent(keys.reliability(*about, one.worker_id), integrity.flag_field(one.sign))
        for one in verdict.flagged
    )
    if verdict.confused is None:
        return workers
    return (absent(keys.population(*about), confused_field(*verdict.confused)), *workers)


def look_again(due: SecondDue, stages: BothStages, now: datetime) -> Decision:
    """Return the decision on a second stage that is due: its tasks are judged, or wait on.

    Example: nobody answered the second task for long enough: the first is decided without it.
    """
    decided = judge(second_of(due), stages.to_judge, now)
    return second_stage.look_again(due, stages, decided, now)


def _ending(
    rules: ReviewRules, task: TaskUnderReview, counted: Counted, *, answered: int
) -> Ending | AskOneMore:
    """Return why asking ends after this many answers, or AskOneMore if one more is needed.

    A closed task with fewer answers than wanted is exhausted, however probable its answer is.
    Example: 2 of 3 wanted answers when the deadline passes: exhausted.
    """
    if answered < task.wanted:
        return "exhausted"
    wanted = AnswersWanted(rules.answers_min, rules.answers_max, rules.goal)
    match counted.agreement.stop(counted.outcome, answered, wanted, typical(task.population)):
        case Confident():
            return "confident"
        case Ambiguous():
            return "ambiguous"
        case Futile():
            return "futile"
        case Budget():
            return "budget"
        case AskOneMore() as more:
            return more if task.closed is None else "exhausted"


def _verdict(
    cause: Cause, task: TaskUnderReview, counted: Counted, *, ending: Ending, now: datetime
) -> VerdictReached:
    """Return the verdict that the counted answers lead to, so that it fits its record."""
    rules, basis = counted.rules, basis_of(counted, task)
    lessons = _lessons(counted, basis)
    # What the model shortened would make people look more of one mind than they are.
    shortened = is_shortened(counted, task)
    taught = {} if shortened else counted.learning.taught(counted.outcome, basis)
    verdict = VerdictReached(
        pool=cause.pool,
        at=now,
        task_id=cause.task_id,
        task_type=rules.task_type,
        ref=OutputRef.model_validate(rules.ref),
        by="people",
        answer=counted.outcome.answer,
        distribution=dict(counted.outcome.distribution),
        detail=counted.outcome.detail,
        stop_reason=ending,
        votes=votes_of(task.answers, counted.weights, rules.asks, verdict=counted.outcome.answer),
        lessons=lessons,
        wanted=task.wanted,
        created_at=rules.created_at,
        kind=kind_to_name(rules.asks),
        draft=None if task.draft is None else judged_draft(task.draft, counted),
        witness=judged_witness(task, counted),
        gold=None if task.gold is None else JudgedGold.made(task.gold._asdict()),
        promised=task.promised,
        taught=taught,
        confused=counted.learning.confused(counted.outcome, taught),
        flagged=integrity.flagged(task.reliabilities, lessons),
        **stated(counted, task.population)._asdict(),
    )
    # A label is short: of a choice nothing need be measured.
    return verdict if verdict.kind is None else fitting(verdict)


def _review(
    cause: Cause, task: TaskUnderReview, counted: Counted, *, wanted: int, at: datetime
) -> ReviewRequested:
    return ReviewRequested(
        pool=cause.pool,
        at=at,
        task_id=cause.task_id,
        task_type=counted.rules.task_type,
        wanted=wanted,
        **stated(counted, task.population)._asdict(),
    )


def _lessons(counted: Counted, basis: Basis[Answer]) -> Lessons:
    taught = counted.learning.lessons(counted.outcome, basis)
    size = sum(len(name.encode()) + 10 for lesson in taught.values() for name in lesson)
    return taught if size <= LESSONS_BYTES_MAX else {}
