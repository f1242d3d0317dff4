"""People who choose: right as often as they are, and otherwise anywhere else."""

from sentuh.demo.people import answer_of, guess
from shared.contracts.questions.choice import ChoiceQuestion

ANIMALS = ChoiceQuestion(("cat", "dog", "bird"))


def test_who_is_always_right_says_the_truth_and_who_is_never_right_does_not() -> None:
    for task in range(50):
        about = (1, "w-1", f"t-{task}")
        assert answer_of(1.0, about, truth="cat", question=ANIMALS) == "cat"
        assert answer_of(0.0, about, truth="cat", question=ANIMALS) in {"dog", "bird"}


def test_who_answers_at_random_or_cannot_know_says_anything() -> None:
    tasks = [(1, "w-1", f"t-{task}") for task in range(50)]

    assert {answer_of(None, about, truth="cat", question=ANIMALS) for about in tasks} == {
        "cat", "dog", "bird",
    }  # fmt: skip
    assert {guess(ANIMALS, *about) for about in tasks} == {"cat", "dog", "bird"}
