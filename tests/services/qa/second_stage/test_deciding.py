"""How the verdict of a second task decides the first one, and what its silence does."""

from dataclasses import replace

from services.qa.second_stage import decide_both
from services.qa.second_stage.deciding import decide_first
from services.qa.second_stage.versions import versions
from services.qa.state import FirstTask, TaskUnderReview
from shared.contracts.events.verdicts import DecidedBy, VerdictReached
from shared.contracts.question import Answer
from tests.services.qa.second_stage.builders import a_first, a_ranking, texts, waiting
from tests.support.builders import NOW, after

SAID = texts("cat", "dog", "bird", "dog")
WEIGHTS = {"a-0": 0.6, "a-1": 0.7, "a-2": 0.9, "a-3": 0.65}


def _id_of(text: str) -> str:
    rules = a_first(SAID).rules
    assert rules is not None
    return next(one.id for one in versions(SAID, rules.asks) if one.text == text)


def ranking(*groups: str) -> Answer:
    """Return the ranking in which each word is a group of texts, joined by a plus."""
    return {"ranking": [[_id_of(text) for text in group.split("+")] for group in groups]}


def decided(answer: Answer) -> VerdictReached:
    """Return the first task's verdict where the second's is this answer."""
    first, second = waiting(SAID, WEIGHTS)
    task = replace(a_first(()), first=first)
    reached, verdict = decide_both(task, a_ranking(second, answer)).events
    assert isinstance(reached, VerdictReached)
    assert isinstance(verdict, VerdictReached)
    assert reached.task_id == second
    return verdict


def test_the_text_ranked_best_is_the_answer() -> None:
    verdict = decided(ranking("dog", "bird", "cat"))

    assert (verdict.answer, verdict.probability) == ("dog", 0.9)
    assert verdict.stop_reason == "confident"
    assert verdict.decided_by is not None
    assert [vote.worker_id for vote in verdict.decided_by.votes] == ["w-9"]
    assert {vote.assignment_id: vote.weight for vote in verdict.votes} == WEIGHTS


def test_answers_that_are_lost_are_passed_over() -> None:
    first, second = waiting(SAID, WEIGHTS)
    lost = {"cat", "bird"}
    answers = tuple(replace(a, answer=None if a.answer in lost else a.answer) for a in SAID)
    gone = replace(first, task=replace(first.task, answers=answers))
    by = DecidedBy(task_id=second, task_type="compare")
    verdict = decide_first(gone, by, NOW, second=a_ranking(second, ranking("dog", "bird", "cat")))

    assert (verdict.answer, verdict.lessons) == ("dog", {})


def test_of_several_ranked_best_the_highest_weighted_author_s_is_taken() -> None:
    assert decided(ranking("dog+cat", "bird")).answer == "dog"


def test_without_a_winner_the_highest_weighted_author_s_text_stands() -> None:
    without: tuple[Answer, ...] = ({"none": True}, None, {"ranking": []})
    for answer in without:
        verdict = decided(answer)

        assert (verdict.answer, verdict.probability) == ("bird", 0.0)
        assert verdict.stop_reason == "exhausted"
        assert verdict.lessons == {}


def test_of_equal_weights_the_lowest_assignment_id_stands() -> None:
    first, second = waiting(SAID, dict.fromkeys(WEIGHTS, 0.7))
    by = DecidedBy(task_id=second, task_type="compare")

    assert decide_first(first, by, NOW).answer == "cat"


def test_authors_are_taught_by_how_many_texts_theirs_was_preferred_to() -> None:
    lessons = decided(ranking("dog", "bird+cat")).lessons

    assert {worker: lesson["agreed_milli"] for worker, lesson in lessons.items()} == {
        "w-1": 1000,
        "w-3": 1000,
        "w-0": 250,
        "w-2": 250,
    }
    assert {lesson["answers"] for lesson in lessons.values()} == {1}


def test_a_second_task_that_the_first_does_not_wait_for_decides_nothing_else() -> None:
    first, second = waiting(SAID, WEIGHTS)
    other = a_ranking(second.replace(second[-1], "x"), ranking("dog"))
    task = replace(a_first(()), first=first)

    assert decide_both(task, other).events == (other,)


def test_a_second_task_is_not_decided_before_its_first_waits_for_it() -> None:
    first, second = waiting(SAID, WEIGHTS)
    lost = FirstTask(first.name, replace(first.task, second=None))
    task = replace(a_first(()), first=lost, until=after(60))
    verdict = a_ranking(second, ranking("dog"))

    held = decide_both(task, verdict)

    assert held.events == ()
    assert [write[0] for write in held.index] == ["ZADD"]
    late = verdict.model_copy(update={"at": after(60 + 86_401)})
    assert decide_both(task, late).events == (late,)


def test_a_second_task_whose_first_is_not_known_is_decided_alone() -> None:
    first, second = waiting(SAID, WEIGHTS)
    nothing = TaskUnderReview(
        rules=None,
        wanted=0,
        answers=(),
        closed=None,
        verdict=None,
        population=first.task.population,
    )
    task = replace(a_first(()), first=FirstTask(first.name, nothing))
    verdict = a_ranking(second, ranking("dog"))

    assert decide_both(task, verdict).events == (verdict,)
