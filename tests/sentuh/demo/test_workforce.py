"""The demo's people: composed as promised, and what they do follows from seed, person and task."""

from collections import Counter
from statistics import median

import pytest

from sentuh.demo.workforce import DIGITS_SKILL, Person, ShownTask, deed, workforce
from shared.contracts.questions.choice import ChoiceQuestion
from shared.contracts.questions.record import RecordQuestion, TextField

SEED = 5
DIGITS = ChoiceQuestion(tuple(str(digit) for digit in range(10)))
TASKS = [f"task-{number}" for number in range(4_000)]


def a_task(task_id: str) -> ShownTask:
    return ShownTask(task_id, truth="3", question=DIGITS)


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
    first = deed(people[0], SEED, a_task("task-1"))

    assert first == deed(people[0], SEED, a_task("task-1"))
    assert any(first != deed(people[0], SEED, a_task(task)) for task in TASKS[:5])


def test_people_are_right_as_often_as_they_are_said_to_be(people: tuple[Person, ...]) -> None:
    for person in people:
        answers = [deed(person, SEED, a_task(task)).answer for task in TASKS]
        wrong = Counter(answer for answer in answers if answer != "3")

        expected = 0.1 if person.accuracy is None else person.accuracy
        assert answers.count("3") / len(TASKS) == pytest.approx(expected, abs=0.035)
        assert len(wrong) == 9


def test_most_offers_are_answered_and_some_are_not(people: tuple[Person, ...]) -> None:
    acts = Counter(
        deed(person, SEED, a_task(task)).act for person in people for task in TASKS[:200]
    )

    assert set(acts) == {"answer", "decline", "lapse", "late"}
    assert 0.85 < acts["answer"] / acts.total() < 0.95


BILL = RecordQuestion(fields=(TextField(name="seller"), TextField(name="buyer")))


def a_bill(task_id: str, **draft: str) -> ShownTask:
    return ShownTask(task_id, {"seller": "Ana", "buyer": "Budi"}, BILL, {**draft} or None)


@pytest.mark.parametrize("count", [20, 60])
@pytest.mark.parametrize("seed", range(3))
def test_one_ordinary_person_accepts_every_draft_unread(count: int, seed: int) -> None:
    (one,) = [person for person in workforce(count, seed) if person.reads_no_draft]
    answers = [deed(one, seed, a_bill(task, seller="x", buyer="y")).answer for task in TASKS[:50]]

    assert one.kind == "ordinary"
    assert answers == [{"seller": "x", "buyer": "y"}] * 50


def test_others_accept_few_drafts_unread_and_mend_the_rest(people: tuple[Person, ...]) -> None:
    wrong = a_bill("t", seller="Annie", buyer="Bob").draft
    unread = {
        person.worker_id: [
            deed(person, SEED, a_bill(task, seller="Annie", buyer="Bob")).answer == wrong
            for task in TASKS[:500]
        ].count(True)
        for person in people
    }

    for person in people:
        if person.accuracy is None:
            assert unread[person.worker_id] == 0
        elif not person.reads_no_draft:
            low, high = (70, 160) if person.kind == "careless" else (8, 65)
            assert low < unread[person.worker_id] < high


def test_a_draft_that_is_no_answer_is_not_begun_from(people: tuple[Person, ...]) -> None:
    for person in people:
        broken = deed(person, SEED, a_bill("t", seller="x" * 999))
        assert broken == deed(person, SEED, a_bill("t"))
