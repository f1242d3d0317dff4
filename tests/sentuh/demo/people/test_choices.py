"""People who pick several: each option is missed or invented by itself, and never too many."""

from sentuh.demo.people import answer_of, guess
from shared.contracts.question import Answer
from shared.contracts.questions.choices import ChoicesQuestion

TAGS = ChoicesQuestion(options=("blurred", "dark", "cropped", "loud"), picks_min=1, picks_max=2)
TASKS = [(1, "w-1", f"t-{task}") for task in range(200)]
TRUTH: Answer = ["blurred", "loud"]


def picked(accuracy: float | None) -> list[Answer]:
    answers = [answer_of(accuracy, about, truth=TRUTH, question=TAGS) for about in TASKS]
    assert all(TAGS.problem_with(answer) is None for answer in answers)
    return answers


def test_who_is_always_right_says_the_truth_and_who_is_good_mostly() -> None:
    assert picked(1.0) == [TRUTH] * len(TASKS)
    assert len(TASKS) > picked(0.9).count(TRUTH) > picked(0.6).count(TRUTH)


def test_who_picks_at_random_or_cannot_know_says_anything_that_may_be_answered() -> None:
    assert len({tuple(answer) for answer in picked(None) if isinstance(answer, list)}) == 10
    assert all(TAGS.problem_with(guess(TAGS, *about)) is None for about in TASKS)
