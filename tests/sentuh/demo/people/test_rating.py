"""People who rate: nearer to the truth the better they are, and on the scale always."""

from statistics import mean

from sentuh.demo.people import answer_of, guess
from shared.contracts.questions.rating import RatingQuestion

STARS = RatingQuestion(low=1, high=5, step=0.5)
TASKS = [(1, "w-1", f"t-{task}") for task in range(200)]


def rated(accuracy: float | None) -> list[float]:
    answers = [answer_of(accuracy, about, truth=4, question=STARS) for about in TASKS]
    assert all(STARS.problem_with(answer) is None for answer in answers)
    return [float(answer) for answer in answers]  # type: ignore[arg-type]


def test_who_is_always_right_says_the_truth_and_others_are_off_by_the_less_the_better() -> None:
    off = {
        accuracy: mean([abs(rating - 4) for rating in rated(accuracy)])
        for accuracy in (1.0, 0.9, 0.6)
    }

    assert off[1.0] == 0
    assert 0 < off[0.9] < off[0.6]


def test_who_rates_at_random_or_cannot_know_says_anything() -> None:
    assert len(set(rated(None))) == 9
    assert {guess(STARS, *about) for about in TASKS} <= {1 + half / 2 for half in range(9)}
