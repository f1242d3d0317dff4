"""People who compare: they err by exchanging neighbours, and always in the same way."""

from sentuh.demo.people import answer_of, guess
from shared.contracts.question import Answer
from shared.contracts.questions.preference import NONE_OF_THEM, PreferenceQuestion

QUESTION = PreferenceQuestion(candidates=("c1", "c2", "c3"), ties=True, none=True)
TRUTH: Answer = {"ranking": [["c2"], ["c3"], ["c1"]]}
TASKS = [(1, "w-1", f"t-{task}") for task in range(200)]


def test_who_is_always_right_says_the_truth_and_who_is_never_right_its_opposite() -> None:
    for about in TASKS[:20]:
        assert answer_of(1.0, about, truth=TRUTH, question=QUESTION) == TRUTH
        upside_down = {"ranking": [["c1"], ["c3"], ["c2"]]}
        assert answer_of(0.0, about, truth=TRUTH, question=QUESTION) == upside_down


def test_who_errs_now_and_then_is_right_about_a_pair_that_often() -> None:
    two = PreferenceQuestion(candidates=("c1", "c2"))
    truth: Answer = {"ranking": [["c2"], ["c1"]]}
    right = sum(answer_of(0.8, about, truth=truth, question=two) == truth for about in TASKS)

    assert 0.7 < right / len(TASKS) < 0.9


def test_equals_and_none_are_told_by_who_is_right() -> None:
    truths: list[Answer] = [NONE_OF_THEM, {"ranking": [["c1", "c2"], ["c3"]]}]
    for truth in truths:
        assert answer_of(1.0, TASKS[0], truth=truth, question=QUESTION) == truth
        said = [answer_of(0.0, about, truth=truth, question=QUESTION) for about in TASKS[:20]]
        assert all(QUESTION.problem_with(answer) is None for answer in said)


def test_who_answers_at_random_or_cannot_know_says_anything_that_may_be_said() -> None:
    said = [answer_of(None, about, truth=TRUTH, question=QUESTION) for about in TASKS]
    said += [guess(QUESTION, *about) for about in TASKS]

    assert all(QUESTION.problem_with(answer) is None for answer in said)
    assert len({QUESTION.in_words(answer) for answer in said}) == 6 + 1 + 1
