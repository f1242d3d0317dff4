"""Qa's decisions: pure, level-triggered, over all that is known of a task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.qa.agreement import agreement_on
from services.qa.agreement.terms import (
    AgreedAnswer,
    Agreement,
    AnswersWanted,
    AskOneMore,
    Ballot,
    Budget,
    Confident,
    Lessons,
)
from services.qa.state import KeptAnswer, ReviewRules, TaskUnderReview
from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.parts import OutputRef
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached, Vote
from shared.contracts.question import Answer, Question, text_of
from shared.pattern.service import Decision

LESSONS_BYTES_MAX = 192 * 1024
"""A verdict that would teach more (very many answers, each with very many counters) teaches
nothing, so that it never grows too large to be published."""

Heard = TaskCreated | AssignmentAnswered | TaskClosed
Ending = Literal["confident", "budget", "exhausted"]


def let_stand(waived: OutputWaived, reached: str | None, now: datetime) -> Decision:
    """Give the model's own answer the final word: the gate asked nobody."""
    if reached is not None:
        return Decision.done()
    said = waived.answer
    return Decision.of(
        VerdictReached(
            pool=waived.pool,
            at=now,
            task_id=waived.task_id,
            task_type=waived.task_type,
            ref=waived.ref,
            by="model",
            answer=said,
            probability=waived.probability,
            distribution={} if said is None else {text_of(said): waived.probability},
            stop_reason="waived",
            created_at=waived.at,
        )
    )


def judge(heard: Heard, task: TaskUnderReview, now: datetime) -> Decision:
    """Reach the verdict, or ask for one more answer, as soon as everything asked for is in.

    Before that nothing is looked at, so that an event which comes again is not decided otherwise
    because reliabilities have moved meanwhile.
    """
    rules = task.rules
    if rules is None or task.verdict is not None or not task.all_in():
        return Decision.done()
    counted = _tally(rules, task)
    ending = _ending(rules, task, counted)
    if isinstance(ending, AskOneMore):
        asked = _review(heard, counted, task_type=rules.task_type, wanted=ending.wanted, at=now)
        # The next answer may be here already: then no event will come that looks again.
        after = judge(heard, replace(task, wanted=ending.wanted), now)
        return Decision.of(asked, *after.events)
    votes = tuple(_vote(given, counted) for given in task.given)
    return Decision.of(
        VerdictReached(
            pool=heard.pool,
            at=now,
            task_id=heard.task_id,
            task_type=rules.task_type,
            ref=OutputRef.model_validate(rules.ref),
            by="people",
            answer=counted.outcome.answer,
            probability=_probability(counted),
            distribution=dict(counted.outcome.distribution),
            stop_reason=ending,
            votes=votes,
            lessons=_lessons(counted),
            wanted=task.wanted,
            created_at=rules.created_at,
        )
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """The ballots in the count, what each weighs, what they amount to, and by which agreement."""

    ballots: Sequence[Ballot[Answer]]
    weights: Mapping[str, float]
    outcome: AgreedAnswer
    agreement: Agreement[Question, Answer, AgreedAnswer]


def _tally(rules: ReviewRules, task: TaskUnderReview) -> _Counted:
    """Count the seated answers; one that answers nothing fills a seat and says nothing."""
    agreement = agreement_on(rules.asks)
    ballots = [
        Ballot(given.assignment_id, given.worker_id, given.answer)
        for given in task.seated()
        if rules.asks.problem_with(given.answer) is None
    ]
    weights = {
        ballot.assignment_id: agreement.weigh(
            ballot.answer, rules.asks, task.reliabilities[ballot.worker_id], task.population
        )
        for ballot in ballots
    }
    outcome = agreement.tally(ballots, rules.asks, weights)
    return _Counted(ballots, weights, outcome, agreement)


def _ending(rules: ReviewRules, task: TaskUnderReview, counted: _Counted) -> Ending | AskOneMore:
    """Why asking ends here; a closed task that did not get all it wanted is exhausted, however
    sure its answers make us.
    """
    seated = len(task.seated())
    if seated < task.wanted:
        return "exhausted"
    wanted = AnswersWanted(rules.answers_min, rules.answers_max, rules.confidence)
    match counted.agreement.stop(counted.outcome, seated, wanted, task.population.mean):
        case Confident():
            return "confident"
        case Budget():
            return "budget"
        case AskOneMore() as more:
            return more if task.closed is None else "exhausted"


def _review(
    heard: Heard, counted: _Counted, *, task_type: str, wanted: int, at: datetime
) -> ReviewRequested:
    return ReviewRequested(
        pool=heard.pool,
        at=at,
        task_id=heard.task_id,
        task_type=task_type,
        wanted=wanted,
        probability=_probability(counted),
    )


def _probability(counted: _Counted) -> float:
    """That of the answer; no answer has none."""
    return 0.0 if counted.outcome.answer is None else counted.outcome.probability


def _vote(given: KeptAnswer, counted: _Counted) -> Vote:
    weight = counted.weights.get(given.assignment_id)
    return Vote(
        assignment_id=given.assignment_id,
        worker_id=given.worker_id,
        answer=given.answer,
        standing="surplus" if weight is None else "counted",
        late=given.late,
        weight=weight,
    )


def _lessons(counted: _Counted) -> Lessons:
    taught = counted.agreement.lessons(counted.outcome, counted.ballots)
    size = sum(len(name.encode()) + 10 for lesson in taught.values() for name in lesson)
    return taught if size <= LESSONS_BYTES_MAX else {}
