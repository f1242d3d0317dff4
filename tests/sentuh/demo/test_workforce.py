"""The demo's people: composed as promised, and what they do follows from seed, person and task."""

from collections import Counter
from statistics import median

import pytest

from sentuh.demo.workforce import DIGITS_SKILL, Person, deed, workforce
from shared.contracts.questions.choice import ChoiceQuestion

SEED = 5
DIGITS = ChoiceQuestion(tuple(str(digit) for digit in range(10)))
TASKS = [f"task-{number}" for number in range(4_000)]


@pytest.fixture(scope="module")
def people() -> tuple[Person, ...]:
    return workforce(60, SEED)


def test_the_composition_is_the_promised_one(people: tuple[Person, ...]) -> None:
    kinds = Counter(person.kind for person in people)
    accuracies = [person.accuracy or 0.1 for person in people]

    assert kinds == {"ordinary": 48, "careless": 6, "spammer": 6}
    assert median(accuracies) == pytest.approx(0.80)
    assert max(accuracies) == 0.95
    assert [p.accuracy for p in people if p.kind == "careless"] == [0.55] * 6
    assert sum(DIGITS_SKILL not in person.skills for person in people) == 9


@pytest.mark.parametrize("seed", range(5))
def test_seeds_shuffle_the_people_and_do_not_change_them(seed: int) -> None:
    def profile(seed: int) -> list[float]:
        return sorted(person.accuracy or 0 for person in workforce(60, seed))

    assert profile(seed) == profile(SEED)
    assert workforce(60, seed) == workforce(60, seed)


@pytest.mark.parametrize("count", [20, 33, 200])
def test_a_crowd_of_another_size_is_composed_alike(count: int) -> None:
    people = workforce(count, SEED)

    assert len({person.worker_id for person in people}) == count
    assert sum(person.accuracy is None for person in people) == round(count / 10)
    assert median(person.accuracy or 0.1 for person in people) == pytest.approx(0.8, abs=0.01)


def test_what_a_person_does_is_the_same_whenever_it_is_asked(people: tuple[Person, ...]) -> None:
    first = deed(people[0], SEED, "task-1", truth="3", question=DIGITS)

    assert first == deed(people[0], SEED, "task-1", truth="3", question=DIGITS)
    assert any(
        first != deed(people[0], SEED, task, truth="3", question=DIGITS) for task in TASKS[:5]
    )


def test_people_are_right_as_often_as_they_are_said_to_be(people: tuple[Person, ...]) -> None:
    for person in people:
        answers = [deed(person, SEED, task, truth="3", question=DIGITS).answer for task in TASKS]
        wrong = Counter(answer for answer in answers if answer != "3")

        expected = 0.1 if person.accuracy is None else person.accuracy
        assert answers.count("3") / len(TASKS) == pytest.approx(expected, abs=0.035)
        assert len(wrong) == 9


def test_most_offers_are_answered_and_some_are_not(people: tuple[Person, ...]) -> None:
    acts = Counter(
        deed(person, SEED, task, truth="3", question=DIGITS).act
        for person in people
        for task in TASKS[:200]
    )

    assert set(acts) == {"answer", "decline", "lapse", "late"}
    assert 0.85 < acts["answer"] / acts.total() < 0.95
