"""What is learned follows from which lessons there were, not from their order, and stays small."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.promise.audits import HALVINGS_MAX
from services.intake.promise.bands import BANDS
from services.intake.promise.learned import Audited, Learned, close, counts_from, learn
from services.intake.promise.watch import NEWEST_MAX, entry
from tests.services.intake.promise.lessons import LESSONS


@settings(max_examples=40, deadline=None)
@given(lessons=LESSONS, seed=st.integers(0, 99))
def test_lessons_in_any_order_and_in_any_parts_teach_the_same(
    lessons: list[Audited], seed: int
) -> None:
    chance, shuffled = Random(seed), list(lessons)
    chance.shuffle(shuffled)
    cut = chance.randint(0, len(shuffled))

    in_parts = learn(learn(Learned(), shuffled[:cut]), shuffled[cut:])

    assert in_parts == learn(Learned(), lessons)


@settings(max_examples=40, deadline=None)
@given(lessons=LESSONS)
def test_a_lesson_of_an_earlier_term_teaches_nothing(lessons: list[Audited]) -> None:
    late = [one for one in lessons if one.term == 3]
    assert learn(close(Learned(), 2), lessons) == learn(Learned(3), late)
    assert learn(Learned(3), lessons) == close(learn(Learned(), lessons), 2) or late


def test_closing_twice_is_closing_once() -> None:
    closed = close(Learned(counts={(19, 0): (5, 5)}), 1)
    assert closed == Learned(term=2)
    assert close(closed, 1) == closed


def test_of_audited_outputs_the_newest_are_kept() -> None:
    lessons = [
        Audited(1, (19, at % 7), wrong=False, entry=entry(at, "o", wrong=False))
        for at in range(2 * NEWEST_MAX)
    ]
    learned = learn(Learned(), lessons)

    assert len(learned.newest) == NEWEST_MAX
    assert learned.newest[0] == entry(NEWEST_MAX, "o", wrong=False)
    assert learn(learned, lessons).newest == learned.newest
    assert all(one < 2**64 for one in learned.newest)
    assert len(learned.counts) <= BANDS * (HALVINGS_MAX + 1)


def test_counts_are_those_of_a_band_and_all_above() -> None:
    learned = Learned(counts={(3, 0): (1, 2), (4, 5): (3, 4), (7, 0): (5, 6)})
    assert list(counts_from(learned, 4)) == [(5, 3, 4), (0, 5, 6)]
