"""Digits in one piece that are more than a number has: redacted where they are said to hold one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.redaction.long_digits import DIGITS_MAX
from services.intake.redaction.pieces import Redacting, pieces_in, replaced
from shared.contracts.events.redacted import RedactedKind
from tests.services.intake.redaction.values import MAKE

ALL = Redacting(frozenset(MAKE), ("ID",))
DIGITS = st.text("0123456789", min_size=40, max_size=40)
KINDS: st.SearchStrategy[RedactedKind] = st.sampled_from(["nik", "payment_card"])
WORDS: dict[RedactedKind, str] = {"nik": "NIK: ", "npwp": "npwp ", "payment_card": "card #"}


def without(text: str) -> str:
    return replaced(text, pieces_in(text, ALL))


@given(KINDS, DIGITS, st.text("0123456789", min_size=4, max_size=12), st.booleans())
@settings(max_examples=60)
def test_a_number_that_a_word_announces_is_redacted_with_all_digits_round_it(
    kind: RedactedKind, digits: str, more: str, first: bool
) -> None:
    number = MAKE[kind](digits, "")
    piece = number + more if first else more + number
    shown = without(f"{WORDS[kind]}{piece} thanks")
    assert number not in shown
    assert not any(map(str.isdigit, shown))


@given(st.lists(st.tuples(KINDS, DIGITS), min_size=2, max_size=3))
@settings(max_examples=60)
def test_numbers_one_after_the_other_are_redacted(pairs: list[tuple[RedactedKind, str]]) -> None:
    piece = "".join(MAKE[kind](digits, "") for kind, digits in pairs)
    assert not any(map(str.isdigit, without(f"sent {piece}")))


@given(DIGITS)
@settings(max_examples=60)
def test_a_longer_number_that_nothing_says_holds_one_is_left_alone(digits: str) -> None:
    text = f"order 9{MAKE['nik'](digits, '')} of today"
    assert without(text) == text


@pytest.mark.parametrize(
    "text",
    ["id 1764529191123456789", "NIK 99999999999999999999", "3" * (DIGITS_MAX + 1), "9" * 24],
)
def test_other_long_numbers_are_left_alone(text: str) -> None:
    assert without(text) == text
