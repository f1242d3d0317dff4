"""Careless answers are found, and nobody who takes care is: slow or fast, of many minds or few."""

import pytest

from services.qa.agreement.reliability import ANSWERS, Reliability
from services.qa.integrity import FLAGGED_MIN, SignName, signs_of
from services.qa.integrity.packed import packed
from services.qa.integrity.signs import DRAFT, UNISON, chance_of
from tests.services.qa.integrity.crowds import (
    Answering,
    always_first,
    at_random,
    right_at,
    worker_of,
)

WORKERS = 300


def flagged(worker: Reliability) -> set[SignName]:
    return {sign.name for sign in signs_of(worker) if sign.score >= FLAGGED_MIN}


@pytest.mark.parametrize("options", [2, 4, 10])
@pytest.mark.parametrize("accuracy", [0.95, 0.8, 0.7])
@pytest.mark.parametrize("hasty", [False, True])
def test_one_of_a_hundred_who_take_care_is_flagged_at_most(
    options: int, accuracy: float, hasty: bool
) -> None:
    people = (
        worker_of(right_at(accuracy), seed=seed, options=options, hasty=hasty, answers=120)
        for seed in range(WORKERS)
    )
    wrongly = sum(bool(flagged(worker)) for worker in people)

    assert wrongly <= WORKERS / 100


@pytest.mark.parametrize("options", [3, 4, 10])
def test_whoever_often_dissents_and_looks_is_not_flagged(options: int) -> None:
    # Right no more often than 55 of 100, among people who are right in 90.
    people = (worker_of(right_at(0.55), seed=seed, options=options) for seed in range(WORKERS))

    assert sum(bool(flagged(worker)) for worker in people) <= WORKERS / 100


@pytest.mark.parametrize("first", [0.0, 0.6])
def test_the_same_answer_to_everything_is_no_better_than_chance(first: float) -> None:
    worker = worker_of(always_first, seed=1, first=first, options=3, answers=400)

    assert chance_of(worker) == pytest.approx(worker.agreed / worker.answers, abs=1e-6)
    assert "guessing" in flagged(worker)


@pytest.mark.parametrize("answering", [at_random, always_first])
@pytest.mark.parametrize("options", [2, 4, 10])
def test_most_of_those_who_do_not_look_are_flagged(answering: Answering, options: int) -> None:
    people = [worker_of(answering, seed=seed, options=options) for seed in range(50)]

    assert sum("guessing" in flagged(worker) for worker in people) >= 35


def test_hasty_guesses_among_good_answers_are_found() -> None:
    # Of each three answers two are slow and good; the third comes too fast and is a guess.
    slow = worker_of(right_at(0.9), seed=1, options=4, answers=400)
    fast = worker_of(at_random, seed=2, options=4, answers=200, hasty=True)
    names = {*slow.counters, *fast.counters}
    both = Reliability({name: slow.count(name) + fast.count(name) for name in names})

    assert flagged(both) == {"hasty"}


def test_the_same_wrong_answers_as_others_far_beyond_chance_are_found() -> None:
    errs = Reliability({ANSWERS: 100, UNISON: packed(12, 10_000)})
    colludes = Reliability({ANSWERS: 100, UNISON: packed(50, 10_000)})

    assert flagged(errs) == set()
    assert flagged(colludes) == {"unison"}


def test_whoever_leaves_half_of_the_wrong_drafts_is_led_and_whoever_leaves_all_is_flagged() -> None:
    led = Reliability({ANSWERS: 100, DRAFT: packed(20, 12_000)})
    unread = Reliability({ANSWERS: 100, DRAFT: packed(20, 20_000)})

    assert flagged(led) == set()
    assert flagged(unread) == {"draft_unread"}


def test_a_few_answers_are_evidence_of_nothing() -> None:
    assert list(signs_of(worker_of(at_random, seed=1, answers=9))) == []
    assert list(signs_of(Reliability())) == []
