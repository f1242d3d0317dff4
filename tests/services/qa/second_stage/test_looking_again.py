"""A second stage that is looked at again: nothing decided on its task is lost, and it ends."""

from datetime import datetime

from services.qa import keys
from shared.contracts.events.model import Event
from shared.contracts.events.second_stage import SecondRequested
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.pattern.clock import to_ms
from tests.services.qa.in_memory import qa_after
from tests.services.qa.second_stage.builders import (
    FIRST,
    a_closing_of_second,
    a_text,
    a_text_task,
    due_of,
    second_of_request,
)
from tests.support.builders import after
from tests.support.in_memory import InMemory

DAY = 86_400


def asked_to_rank() -> tuple[InMemory, SecondRequested, list[Event]]:
    """Return a qa with a task that waits, its request, and what is heard of the second task."""
    running = qa_after(a_text_task(), *(a_text(f"w-{text}", text) for text in "abc"))
    (requested,) = running.of(SecondRequested)
    return running, requested, second_of_request(requested, running)


def undecided(running: InMemory, second: list[Event]) -> None:
    """Let the two rankings that are wanted be kept, and the decision on the last one be lost.

    So it is where the decision failed and the answer went to the dead letters.
    """
    task, ranking, last, _ = second
    running.hear(task, ranking)
    running.catch_up_on(last)


def listed_at(running: InMemory) -> list[int]:
    return list(running.twin.ranking(keys.deadlines("main", FIRST)).values())


def test_another_ranking_is_asked_for_if_nobody_has_yet() -> None:
    running, requested, second = asked_to_rank()
    undecided(running, second)
    running.hear(due_of(requested))

    (review,) = running.of(ReviewRequested)
    assert (review.task_id, review.wanted) == (requested.second_task_id, 3)
    assert listed_at(running) == [to_ms(after(600 + DAY))]


def test_another_ranking_is_asked_for_though_the_first_task_does_not_wait_yet() -> None:
    _, requested, second = asked_to_rank()
    running = qa_after(a_text_task(), a_text("w-a", "a"))
    undecided(running, second)
    running.hear(due_of(requested))

    assert [review.task_id for review in running.of(ReviewRequested)] == [requested.second_task_id]


def test_another_ranking_is_asked_for_though_the_first_task_is_decided() -> None:
    before, requested, second = asked_to_rank()
    silent(before, requested)
    running = qa_after()
    for event in (a_text_task(), requested, before.of(VerdictReached)[0]):
        running.catch_up_on(event)
    undecided(running, second)
    running.hear(due_of(requested))

    assert [review.task_id for review in running.of(ReviewRequested)] == [requested.second_task_id]
    running.hear(second[3])
    (verdict,) = running.of(VerdictReached)
    assert (verdict.task_id, len(verdict.votes)) == (requested.second_task_id, 3)
    assert listed_at(running) == []


def silent(running: InMemory, requested: SecondRequested, at: datetime | None = None) -> None:
    """Look at a second stage again when the first task has waited for long enough."""
    running.now = at or after(600 + DAY)
    running.hear(due_of(requested))


def test_a_task_whose_second_says_nothing_ends_a_day_after_its_deadline_and_no_sooner() -> None:
    running, requested, second = asked_to_rank()
    running.hear(second[0])
    silent(running, requested, after(599 + DAY))
    assert running.of(VerdictReached) == []

    silent(running, requested)
    (verdict,) = running.of(VerdictReached)
    assert (verdict.task_id, verdict.answer, verdict.probability) == (FIRST, {"text": "a"}, 0.0)
    assert listed_at(running) == []


def test_a_verdict_of_a_second_task_that_nobody_decided_yet_decides_both() -> None:
    running, requested, second = asked_to_rank()
    undecided(running, second)
    running.catch_up_on(a_closing_of_second(requested, "r-1", "r-2"))
    running.hear(due_of(requested))

    assert [one.task_id for one in running.of(VerdictReached)] == [requested.second_task_id, FIRST]
    assert listed_at(running) == []


def test_a_second_stage_that_is_looked_at_twice_is_decided_once() -> None:
    running, requested, second = asked_to_rank()
    undecided(running, second)
    for _ in range(2):
        running.hear(due_of(requested))
        running.forget_outcomes()
    running.hear(second[3])
    running.hear(due_of(requested))

    assert len(running.of(ReviewRequested)) == 1
    assert len(running.of(VerdictReached)) == 2
