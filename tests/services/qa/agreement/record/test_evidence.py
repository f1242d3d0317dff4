"""The probability of each value of a field, with "something nobody said" among the candidates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.choice import tally as tally_of_choice
from services.qa.agreement.evidence import DAMPING
from services.qa.agreement.record.evidence import agreed_value, probabilities
from services.qa.agreement.terms import Ballot
from shared.contracts.questions.record import ChoiceField, NumberField, TextField

OPTIONS = ("cat", "dog", "emu")
TEXT = TextField(name="note")
LONG = "Two hundred kilograms of green beans"


@given(st.lists(st.tuples(st.sampled_from(OPTIONS), st.floats(0.34, 0.97)), min_size=1, max_size=7))
def test_a_field_of_options_is_a_choice(given_: list[tuple[str, float]]) -> None:
    field = ChoiceField(name="animal", options=OPTIONS)
    ballots = [Ballot(str(at), "w", answer) for at, (answer, _) in enumerate(given_)]
    weights = {str(at): weight for at, (_, weight) in enumerate(given_)}
    of_choice = tally_of_choice(ballots, OPTIONS, weights).distribution
    ours = probabilities(field, given_, DAMPING)
    assert ours == pytest.approx({option: of_choice[str(option)] for option in ours}, abs=1e-5)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.floats(0, 1)), min_size=1))
def test_what_is_left_to_1_is_for_values_that_nobody_gave(given_: list[tuple[str, float]]) -> None:
    shares = probabilities(TEXT, given_, DAMPING)
    assert all(0 <= share <= 1 for share in shares.values())
    assert sum(shares.values()) <= 1 + 1e-5


def test_the_examples_of_its_docstring() -> None:
    text = "twenty characters ok"
    assert agreed_value(TEXT, [(text, 0.8), (text, 0.8)]).probability == pytest.approx(
        0.97, abs=0.01
    )
    assert agreed_value(TEXT, [(text, 0.8)]).probability == pytest.approx(0.5, abs=0.01)


def test_two_who_write_the_same_long_text_say_more_than_two_who_write_a_short_one() -> None:
    short = agreed_value(TEXT, [("ab", 0.6), ("ab", 0.6)])
    long = agreed_value(TEXT, [(LONG, 0.6), (LONG, 0.6)])
    assert long.probability > short.probability


def test_a_weight_of_less_than_chance_says_nothing() -> None:
    field = ChoiceField(name="animal", options=OPTIONS)
    assert agreed_value(field, [("cat", 0.1), ("cat", 0.0)]).probability == pytest.approx(1 / 3)


def test_of_equals_the_first_is_taken() -> None:
    field = NumberField(name="total")
    assert agreed_value(field, [("2", 0.8), ("1", 0.8)]).value == "2"
