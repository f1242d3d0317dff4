"""The functions together: simulated people rate online, each verdict teaches the next."""

import random
from math import sqrt
from statistics import mean

from bench.online import Judged, Set, judged
from services.qa.agreement.rating import AGREEMENT
from services.qa.agreement.terms import AnswersWanted
from tests.services.qa.agreement.rating.builders import STARS

TASKS, ANSWERS = 300, 10


def crowd(seed: int) -> tuple[Set, dict[str, int]]:
    """Return 30 people, of whom 6 rate at random, and the truth of each task."""
    chance = random.Random(seed)
    truth = {f"t-{n}": chance.randint(1, 5) for n in range(TASKS)}
    people = {f"w-{n}": n < 6 for n in range(30)}

    def rating(worker: str, right: int) -> int:
        if people[worker]:
            return chance.randint(1, 5)
        return min(5, max(1, round(chance.gauss(right, 0.8))))

    answers = {
        task: [(worker, rating(worker, right)) for worker in chance.sample(sorted(people), ANSWERS)]
        for task, right in truth.items()
    }
    return Set(answers, dict.fromkeys(answers, STARS)), truth


def error(verdicts: list[Judged], truth: dict[str, int]) -> float:
    squares = [(float(one.outcome.answer) - truth[one.task]) ** 2 for one in verdicts]
    return sqrt(mean(squares))


def test_who_rates_at_random_counts_less_and_less() -> None:
    recorded, truth = crowd(1)
    rule = AnswersWanted(ANSWERS, ANSWERS, 0.1)
    verdicts = list(judged(recorded, AGREEMENT, wanted=rule, seed=1))
    plain = {
        task: mean([float(answer) for _, answer in given])  # type: ignore[arg-type]
        for task, given in recorded.answers.items()
    }

    assert error(verdicts, truth) < sqrt(mean([(plain[t] - truth[t]) ** 2 for t in truth]))


def test_answers_are_saved_where_people_agree() -> None:
    recorded, truth = crowd(2)
    whole = list(judged(recorded, AGREEMENT, wanted=AnswersWanted(10, 10, 0.1), seed=2))
    saving = list(judged(recorded, AGREEMENT, wanted=AnswersWanted(3, 10, 0.5), seed=2))

    assert sum(len(verdict.ballots) for verdict in saving) < 0.8 * recorded.labels
    assert error(saving, truth) < 1.2 * error(whole, truth)
