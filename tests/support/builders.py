"""Events with valid defaults; a test names only what it is about."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from shared.contracts.events.assignments import AssignmentAnswered, TaskClosed
from shared.contracts.events.parts import (
    Answers,
    Confidence,
    Gate,
    Output,
    OutputRef,
    Policy,
    Quote,
    Requirement,
    Stopping,
    Times,
)
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.question import Question
from shared.contracts.questions.choice import ChoiceQuestion

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
POOL = "main"
TASK_TYPE = "animals"
OPTIONS = ("cat", "dog", "bird")


def after(seconds: float) -> datetime:
    """So long after NOW."""
    return NOW + timedelta(seconds=seconds)


def a_quote(amount_minor: int = 5, currency: str = "USD") -> Quote:
    return Quote(amount_minor=amount_minor, currency=currency, exponent=2)


def an_output(answer: str | None = "cat", confidence: float = 0.6) -> Output:
    return Output(
        format="sentuh.output",
        text="a small picture of an animal",
        answer=answer,
        confidence=Confidence(
            status="ok", value=confidence, scale="0..1", source_path="confidence"
        ),
        model="animals",
        model_version="3",
    )


def options_of(asked: Question) -> tuple[str, ...]:
    """The labels that a choice is between."""
    assert isinstance(asked, ChoiceQuestion)
    return asked.options


def a_policy(
    *,
    options: Sequence[str] = OPTIONS,
    answers_min: int = 2,
    answers_max: int = 5,
    confidence: float = 0.95,
    requirement: Requirement | None = None,
    deadline_at: datetime | None = None,
    worth_per_point: int | None = None,
    witness_blind_share: float | None = None,
) -> Policy:
    return Policy(
        task_type=TASK_TYPE,
        question="Which animal is it?",
        asks=ChoiceQuestion(tuple(options)),
        requirement=requirement or Requirement(),
        answers=Answers(min=answers_min, max=answers_max),
        stopping=Stopping(confidence=confidence),
        times=Times(accept_seconds=60, answer_seconds=120, deadline_at=deadline_at or after(3_600)),
        quote=a_quote(),
        catalog_digest="c0ffee",
        worth_per_point=worth_per_point,
        witness_blind_share=witness_blind_share,
    )


def a_ref(task_id: str = "t-1") -> OutputRef:
    return OutputRef(source="/models/animals", id=f"out-{task_id}", correlation_id=f"c-{task_id}")


def a_gate() -> Gate:
    return Gate(reason="below_threshold", threshold=0.85, audit_share=0.05)


def a_task(
    task_id: str = "t-1",
    *,
    policy: Policy | None = None,
    pool: str = POOL,
    at: datetime = NOW,
) -> TaskCreated:
    return TaskCreated(
        pool=pool,
        at=at,
        task_id=task_id,
        ref=a_ref(task_id),
        output=an_output(),
        policy=policy or a_policy(),
        gate=a_gate(),
        digest="d1",
    )


def a_waiver(
    task_id: str = "t-1", *, answer: str | None = "cat", probability: float = 0.97
) -> OutputWaived:
    return OutputWaived(
        pool=POOL,
        at=NOW,
        task_id=task_id,
        task_type=TASK_TYPE,
        ref=a_ref(task_id),
        answer=answer,
        probability=probability,
        gate=Gate(reason="confident", threshold=0.85, audit_share=0.05),
        digest="d1",
    )


def an_answer(
    worker_id: str = "w-1",
    answer: str = "cat",
    *,
    task_id: str = "t-1",
    assignment_id: str = "",
    late: bool = False,
    at: datetime | None = None,
    pool: str = POOL,
) -> AssignmentAnswered:
    """The worker's answer; without a name of its own the assignment is the worker's of the task."""
    return AssignmentAnswered(
        pool=pool,
        at=at or after(30),
        task_id=task_id,
        task_type=TASK_TYPE,
        assignment_id=assignment_id or f"a-{task_id}-{worker_id}",
        worker_id=worker_id,
        place=0,
        turn=1,
        accept_by=after(60),
        answer_by=after(180),
        answer=answer,
        late=late,
        answered_at=at or after(30),
        quote=a_quote(),
        digest="d2",
    )


def a_closing(
    answers: Sequence[str] = (), *, task_id: str = "t-1", reason: str = "deadline"
) -> TaskClosed:
    """The end of a task, naming the assignments whose answers were on time."""
    return TaskClosed.model_validate(
        {
            "pool": POOL,
            "at": after(3_600),
            "task_id": task_id,
            "task_type": TASK_TYPE,
            "reason": reason,
            "answers": tuple(sorted(answers)),
        }
    )
