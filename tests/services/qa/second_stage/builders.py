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
from shared.contracts.events.asked import Asked
from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.model import Event
from shared.contracts.events.parts import OutputRef
from shared.contracts.events.second_stage import (
    QA_SOURCE,
    OutputComposed,
    SecondDue,
    SecondRequested,
)
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.then import Then
from shared.contracts.events.verdicts import VerdictReached, Vote
from shared.contracts.question import Answer
from shared.contracts.questions.choice import ChoiceQuestion
from shared.contracts.questions.preference import PreferenceQuestion
from shared.contracts.questions.text import TextQuestion
from tests.support.builders import NOW, a_closing, a_policy, a_task, after, an_answer
from tests.support.in_memory import InMemory

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


def a_text_task() -> TaskCreated:
    """Return a task that asks three people for a text."""
    policy = a_policy(answers_min=3, answers_max=3)
    return a_task(FIRST, policy=policy.model_copy(update={"asks": TextQuestion(), "then": THEN}))


def a_text(worker: str, text: str, *, late: bool = False) -> AssignmentAnswered:
    """Return a worker's answer to that task."""
    return an_answer(worker, {"text": text}, task_id=FIRST, late=late)  # type: ignore[arg-type]


def second_of_request(requested: SecondRequested, running: InMemory) -> list[Event]:
    """Return the second task as intake makes it, and the rankings of r-1, r-2 and r-3.

    It wants two. All put the candidates in the order in which they stand in the task.
    """
    second, of_its_type = requested.second_task_id, {"task_type": requested.second_type}
    composed = {one.task_id: one for one in running.of(OutputComposed)}[second]
    policy = a_policy(answers_min=2, answers_max=3, deadline_at=after(600)).model_copy(
        update={"asks": PreferenceQuestion(), **of_its_type}
    )
    asked = Asked(candidates=composed.output.candidates, not_for=composed.not_for)
    ref = OutputRef(source=QA_SOURCE, id=requested.output_id)
    task = a_task(second, policy=policy).model_copy(update={"ref": ref, "asked": asked})
    ranking = {"ranking": [[candidate.id] for candidate in asked.candidates]}
    answers = (an_answer(f"r-{number}", task_id=second) for number in (1, 2, 3))
    return [
        task,
        *(one.model_copy(update={"answer": ranking, **of_its_type}) for one in answers),
    ]


def a_closing_of_second(requested: SecondRequested, *workers: str) -> TaskClosed:
    """Return the closing of a second task that names the rankings of these workers."""
    second = requested.second_task_id
    closing = a_closing([f"a-{second}-{worker}" for worker in workers], task_id=second)
    return closing.model_copy(update={"task_type": requested.second_type})


def due_of(requested: SecondRequested) -> SecondDue:
    """Return the event that has a second stage looked at again."""
    return SecondDue(
        pool=requested.pool,
        at=after(60),
        task_id=requested.task_id,
        second_task_id=requested.second_task_id,
        second_type=requested.second_type,
        due_at=after(50),
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
