"""A model counts by what its lessons prove, never beyond people, and a guess proves nothing."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.qa.agreement.choice import Tally, tally
from services.qa.state import Gold
from services.qa.witness import hear
from services.qa.witness.hearing import LESSONS_MIN, Hearing, proved
from services.qa.witness.lessons import Lesson, letter_of
from tests.services.qa.agreement.choice.builders import OPTIONS, ballots_of, weights_of
from tests.services.qa.witness.builders import a_witness, shown

PAIR = OPTIONS[:2]
RIGHT = [("cat", 1.0), ("dog", 1.0)] * 50
WEIGHT = 0.82


def alone(*answers: str) -> tuple[Tally, dict[str, float]]:
    ballots = ballots_of(*answers)
    weights = weights_of(ballots, *[WEIGHT] * len(answers))
    return tally(ballots, PAIR, weights), weights


def heard(lessons: str, *answers: str, gold: Gold | None = None, blind: bool = False) -> Hearing:
    people, weights = alone(*answers)
    witness = a_witness(blind=blind, lessons=lessons)
    return hear(witness, gold, alone=people, weights=weights)


def test_a_model_that_was_always_right_weighs_what_the_best_of_the_people_does() -> None:
    assert heard(shown(RIGHT), "cat", "cat") == Hearing(WEIGHT, None, 100, 1.0)


@pytest.mark.parametrize(
    ("heard_on", "left_out"),
    [
        (lambda: heard(shown(RIGHT[: LESSONS_MIN - 1]), "cat"), "unproven"),
        (lambda: heard(shown(RIGHT, "another"), "cat"), "unproven"),
        (lambda: heard(shown(RIGHT)), "alone"),
        (lambda: heard(shown(RIGHT), "cat", "dog"), "tied"),
        (lambda: heard(shown(RIGHT), "cat", blind=True), "blind"),
        (lambda: heard(shown(RIGHT), "cat", gold=Gold("g-1", "cat")), "gold"),
        (lambda: heard(shown([("cat", 0.5), ("dog", 0.5)] * 50), "cat"), "chance"),
        (lambda: heard(shown([("cat", 0.0), ("dog", 0.0)] * 50), "cat"), "chance"),
    ],
)
def test_a_model_does_not_count_for_a_reason(heard_on: object, left_out: str) -> None:
    hearing = heard_on()  # type: ignore[operator]

    assert (hearing.weight, hearing.left_out) == (None, left_out)


@pytest.mark.parametrize("options", [2, 3, 10])
def test_a_model_that_guesses_proves_hardly_anything_however_long_it_does(options: int) -> None:
    chance, labels = Random(options), OPTIONS[:options]
    proofs = []
    for _ in range(200):
        lessons = [
            Lesson(letter_of(chance.choice(labels)), float(chance.random() < 1 / options))
            for _ in range(120)
        ]
        proofs.append(proved(lessons, letter_of("cat"), options))

    assert sum(weight > 1 / options for weight in proofs) < 40
    assert max(proofs) < 1 / options + 0.15


def test_who_always_says_the_same_proves_hardly_anything_by_it() -> None:
    always = [Lesson(letter_of("cat"), 0.9)] * 100

    assert proved(always, letter_of("cat"), 2) < 0.51


LESSONS = st.lists(
    st.builds(Lesson, st.sampled_from([letter_of(one) for one in PAIR]), st.floats(0, 1)),
    min_size=LESSONS_MIN,
    max_size=128,
)


@settings(max_examples=100)
@given(LESSONS, st.integers(2, 500))
def test_whatever_it_has_shown_its_weight_is_a_probability(
    lessons: list[Lesson], options: int
) -> None:
    assert 0 <= proved(lessons, letter_of("cat"), options) <= 1


@settings(max_examples=100)
@given(LESSONS)
def test_the_order_of_lessons_changes_nothing_that_is_recorded(lessons: list[Lesson]) -> None:
    turned = proved(lessons[::-1], letter_of("cat"), 2)
    assert turned == pytest.approx(proved(lessons, letter_of("cat"), 2), abs=2e-6)
