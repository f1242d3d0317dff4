"""Whichever event comes last completes the work, and none completes it twice."""

from itertools import permutations

import pytest

from shared.contracts.events.model import Event
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from tests.services.qa.in_memory import CAT, DOG, SURE, UNSURE, answers, qa_after
from tests.support.builders import a_closing, a_task, after, an_answer

SMALL_TASKS: dict[str, tuple[list[Event], str]] = {
    "confident": ([a_task(policy=SURE), *answers(w_1=CAT, w_2=CAT)], "confident"),
    "confident, with one late": (
        [a_task(policy=SURE), *answers(w_1=CAT, w_2=CAT), an_answer("w-0", DOG, late=True)],
        "confident",
    ),
    "budget": ([a_task(policy=UNSURE), *answers(w_1=CAT, w_2=DOG, w_3=CAT)], "budget"),
    "exhausted": ([a_task(policy=SURE), *answers(w_1=CAT), a_closing(["a-t-1-w-1"])], "exhausted"),
    "exhausted, all answers wanted in": (
        [
            a_task(policy=UNSURE),
            *answers(w_1=CAT, w_2=DOG),
            a_closing(["a-t-1-w-1", "a-t-1-w-2"]),
        ],
        "exhausted",
    ),
    "nobody": ([a_task(policy=SURE), an_answer("w-1", CAT, late=True), a_closing()], "exhausted"),
    "closed by the verdict": (
        [
            a_task(policy=SURE),
            *answers(w_1=CAT, w_2=CAT),
            a_closing(["a-t-1-w-1", "a-t-1-w-2"], reason="verdict"),
        ],
        "confident",
    ),
}


@pytest.mark.parametrize("case", SMALL_TASKS)
def test_whichever_comes_last_completes_the_work(case: str) -> None:
    events, reason = SMALL_TASKS[case]
    found = [
        [(verdict.answer, verdict.stop_reason) for verdict in qa_after(*order).of(VerdictReached)]
        for order in permutations(events)
    ]

    assert found == [[(found[0][0][0], reason)]] * len(found)


def test_an_answer_that_was_here_before_it_was_asked_for_is_counted() -> None:
    running = qa_after(*answers(w_1=CAT, w_2=DOG, w_3=CAT), a_task(policy=UNSURE))
    (verdict,) = running.of(VerdictReached)

    assert [review.wanted for review in running.of(ReviewRequested)] == [3]
    assert len(verdict.votes) == 3
    assert verdict.wanted == 3
    assert verdict.stop_reason == "budget"


@pytest.mark.parametrize("case", SMALL_TASKS)
def test_one_batch_decides_like_one_by_one(case: str) -> None:
    events, _ = SMALL_TASKS[case]
    at_once = qa_after()
    at_once.hear_at_once(events)

    assert at_once.announced == qa_after(*events).announced
    assert at_once.facts() == qa_after(*events).facts()


def test_a_late_answer_reopens_nothing() -> None:
    running = qa_after(a_task(policy=SURE), *answers(w_1=CAT, w_2=CAT))

    said = running.hear(an_answer("w-3", DOG, late=True, at=after(9_000)))

    assert said == []
