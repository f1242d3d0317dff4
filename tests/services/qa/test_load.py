"""What qa loads is all that its decisions look at."""

from typing import Any

from services.qa import keys, load, to_state
from services.qa.agreement.reliability import Population
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.parts import OutputRef
from shared.state.view import View
from tests.services.qa.in_memory import qa_after
from tests.support.builders import a_closing, a_policy, a_task, an_answer


def _answered(worker: str, answer: Any, *, late: bool = False) -> AssignmentAnswered:
    """Return a worker's answer, of whatever form; a late one has an assignment of its own."""
    return an_answer(worker, answer, late=late, assignment_id=f"late-{worker}" if late else "")


def test_one_load_brings_the_task_who_has_answered_and_who_has_just_answered() -> None:
    running = qa_after()
    running.hear(a_task(policy=a_policy(answers_min=3)), an_answer("w-1"), an_answer("w-2"))
    running.hear(an_answer("w-4", late=True))
    event = an_answer("w-3")

    loaded = running.twin.fetch(load.task.reads(event))

    assert set(loaded) == {
        keys.task("main", "t-1"),
        keys.population("main", "animals"),
        *(keys.reliability("main", "animals", worker) for worker in ("w-1", "w-2", "w-3", "w-4")),
    }


def test_what_is_small_has_no_key_of_its_own_to_load() -> None:
    for few in ("cat", 7, ["a", "c"], {"ranking": [["a"], ["b"]]}, {"text": "short"}):
        running = qa_after(a_task(policy=a_policy(answers_min=3)))
        for worker in ("w-1", "w-2"):
            running.hear(_answered(worker, few), _answered(worker, few, late=True))
        named = [f"a-t-1-{worker}" for worker in ("w-1", "w-2", "w-3")]
        running.hear(closing := a_closing(named))
        for event in (closing, _answered("w-3", few), _answered("w-4", few, late=True)):
            loaded = running.twin.fetch(load.task.reads(event))
            assert not [key for key in loaded if ":large:" in key], (few, event.TYPE)
            assert keys.reliability("main", "animals", "w-1") in loaded


def test_only_who_gave_a_large_answer_has_a_key_to_load() -> None:
    running = qa_after(a_task(policy=a_policy(answers_min=3)))
    running.hear(_answered("w-1", {"text": "x" * 2_000}), _answered("w-2", {"text": "short"}))
    loaded = running.twin.fetch(load.task.reads(_answered("w-3", {"text": "short"})))

    assert [key for key in loaded if ":large:" in key] == [keys.large_answers("main", "t-1", "w-1")]


def test_a_task_is_read_back_as_it_was_folded() -> None:
    running = qa_after()
    policy = a_policy(answers_min=4, options=("ya", "tidak: \u201cbukan\u201d"), confidence=0.93)
    created = a_task(policy=policy)
    running.hear(created, an_answer("w-2", "ya"), an_answer("w-1", "late one", late=True))
    running.hear(an_answer("w-4", " two  blanks "), an_answer("w-5", ""))
    event = a_closing(["a-t-1-w-2", "a-t-1-w-3"])
    running.hear(event)

    task = to_state.task(event, View(running.twin.fetch(load.task.reads(event))))

    assert task.rules is not None
    assert task.rules.asks == created.policy.asks
    assert OutputRef.model_validate(task.rules.ref) == created.ref
    assert task.rules.answers_min == 4
    assert task.rules.answers_max == 5
    assert task.rules.goal == 0.93
    assert task.rules.created_at == created.at
    assert task.wanted == 4
    assert [(g.worker_id, g.answer, g.late) for g in task.answers] == [
        ("w-1", "late one", True),
        ("w-2", "ya", False),
        ("w-4", " two  blanks ", False),
        ("w-5", "", False),
    ]
    assert task.closed == frozenset({"a-t-1-w-2", "a-t-1-w-3"})
    assert task.population == Population()
