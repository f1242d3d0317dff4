"""The newest lessons of a bucket of models are kept, and each model is told by its own."""

from random import Random

import pytest

from services.qa.witness.lessons import EACH, Lesson, is_full, is_shared, lessons_of, letter_of
from tests.services.qa.witness.builders import shown

RIGHT = [("cat", 1.0), ("dog", 0.0)]


def test_a_lesson_says_what_was_answered_and_how_right_it_was() -> None:
    assert lessons_of(shown(RIGHT), "animals", "3") == (
        Lesson(letter_of("dog"), 0.0),
        Lesson(letter_of("cat"), 1.0),
    )
    (nearly,) = lessons_of(shown([("cat", 0.7)]), "animals", "3")
    assert nearly.right == pytest.approx(0.7, abs=0.01)


def test_models_that_share_a_bucket_are_told_apart() -> None:
    both = shown([("cat", 0.0)] * 3, "another", shown(RIGHT))

    assert len(lessons_of(both, "animals", "3")) == 2
    assert [one.right for one in lessons_of(both, "another", "3")] == [0.0] * 3
    assert lessons_of(both, "animals", "4") == ()


def test_names_without_end_take_no_more_room_and_forget_those_not_used_for_longest() -> None:
    text = shown(RIGHT * 20)
    for number in range(2 * EACH - 40):
        text = shown([("cat", 0.0)], f"made-up-{number}", text, begins=100)
    room = len(text)
    assert len(lessons_of(text, "animals", "3")) == 40

    text = shown(RIGHT * 20, "newer", text, begins=200)

    assert len(text) == room
    assert len(lessons_of(text, "newer", "3")) == 40
    assert lessons_of(text, "animals", "3") == ()
    assert is_full(text)
    assert is_shared(text)
    assert not is_full(shown(RIGHT))
    assert not is_shared(shown(RIGHT))


def test_the_order_in_which_lessons_come_makes_no_difference() -> None:
    many = [(Random(number).choice(("cat", "dog")), number / 300) for number in range(300)]
    text = shown(many)
    again = shown(many, text=text)

    assert again == text
