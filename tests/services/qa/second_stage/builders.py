"""A first task with its answers, and a verdict of its second."""

from services.qa.agreement.reliability import Population
from services.qa.second_stage import request
from services.qa.state import (
    FirstTask,
    KeptAnswer,
    ReviewRules,
    SecondStage,
    Shown,
    TaskName,
    TaskUnderReview,
)
from shared.contracts.events.parts import OutputRef, Then
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.choice import ChoiceQuestion
from tests.support.builders import NOW

FIRST = "t-1"
THEN = Then(task_type="compare", task_seconds=600)


def texts(*written: str) -> tuple[KeptAnswer, ...]:
    """Return these answers of w-0, w-1, ... under the assignments a-0, a-1, ..."""
    return tuple(
        KeptAnswer(f"a-{number}", f"w-{number}", text, late=False)
        for number, text in enumerate(written)
    )


def a_first(
    answers: tuple[KeptAnswer, ...], *, then: Then | None = THEN, shown: Shown | None = None
) -> TaskUnderReview:
    """Return a task with these answers that has a second stage."""
    options = tuple(dict.fromkeys(str(answer.answer) for answer in answers))
    rules = ReviewRules(
        asks=ChoiceQuestion(options),
        answers_min=len(answers),
        answers_max=len(answers),
        goal=0.9,
        ref={"source": "/m", "id": "o-1", "correlation_id": "c-1"},
        task_type="mend",
        created_at=NOW,
        then=then,
    )
    return TaskUnderReview(
        rules=rules,
        wanted=len(answers),
        answers=answers,
        closed=None,
        verdict=None,
        population=Population(),
        shown=shown,
    )


def waiting(answers: tuple[KeptAnswer, ...], weights: dict[str, float]) -> tuple[FirstTask, str]:
    """Return a task that waits for its second stage, and the second task's id."""
    name, first = TaskName("main", FIRST), a_first(answers)
    made = request(name, first, weights, NOW)
    assert made is not None
    requested = made[1]
    second = SecondStage(
        requested.second_task_id,
        frozenset(requested.assignments),
        requested.weights,
        requested.until,
    )
    task = TaskUnderReview(
        rules=first.rules,
        wanted=first.wanted,
        answers=answers,
        closed=None,
        verdict=None,
        population=Population(),
        second=second,
    )
    return FirstTask(name, task), requested.second_task_id


def a_ranking(second_task_id: str, answer: Answer, *, sure: float = 0.9) -> VerdictReached:
    """Return the verdict of a second task."""
    vote = Vote(assignment_id="b-1", worker_id="w-9", answer=answer, standing="counted", weight=0.8)
    return VerdictReached(
        pool="main",
        at=NOW,
        task_id=second_task_id,
        task_type="compare",
        ref=OutputRef(source="sentuh:qa", id="o-2"),
        by="people",
        answer=answer,
        probability=sure,
        distribution={},
        stop_reason="confident",
        votes=(vote,),
        wanted=1,
        created_at=NOW,
    )
