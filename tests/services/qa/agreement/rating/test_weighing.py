"""Weights: how near a worker is to the others, compared with everybody, and shrunk hard."""

from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.rating import weigh
from services.qa.agreement.reliability import Population, Reliability
from tests.services.qa.agreement.rating.builders import NEWCOMER, NOBODY, STARS


def near(answers: int, milli: int) -> Reliability:
    return Reliability({"answers": answers, "agreed_milli": answers * milli})


def test_a_newcomer_counts_as_everybody_does() -> None:
    assert weigh(3, STARS, NEWCOMER, NOBODY) == 0.5
    assert weigh(3, STARS, NEWCOMER, Population(1000, 900_000)) == 0.5


def test_who_is_nearer_counts_more_and_what_they_say_makes_no_difference() -> None:
    far, close = near(100, 600), near(100, 950)

    assert weigh(3, STARS, far, NOBODY) < 0.5 < weigh(3, STARS, close, NOBODY)
    assert weigh(1, STARS, far, NOBODY) == weigh(5, STARS, far, NOBODY)


def test_a_few_answers_move_a_weight_little() -> None:
    assert abs(weigh(3, STARS, near(5, 1000), NOBODY) - 0.5) < 0.05


@given(st.integers(0, 10_000), st.integers(0, 1000), st.integers(0, 10_000), st.integers(0, 1000))
def test_a_weight_is_between_0_and_1(own: int, milli: int, all_: int, mean: int) -> None:
    assert 0 < weigh(3, STARS, near(own, milli), Population(all_, all_ * mean)) < 1
