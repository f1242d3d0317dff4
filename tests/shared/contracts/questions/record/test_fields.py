"""Fields: what each kind takes, the fix for what it does not, and the one form of a value."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.question import Answer
from shared.contracts.questions.record import (
    AnyField,
    ChoiceField,
    DateField,
    NumberField,
    TextField,
)

CURRENCY = ChoiceField(name="currency", options=("EUR", "IDR"))
NOTE = TextField(name="note", characters_max=20)
TOTAL = NumberField(name="total", low=0, high=1000, decimals=2)
COUNT = NumberField(name="count", as_text=False)
PAID = DateField(name="paid_on", first="2026-01-01", last="2026-12-31")
NO_NUMBER = (
    'send a number, as 12.5 or "12.50": digits, a point before decimals, no separators, not NaN'
)
NO_DAY = "send a day that there is, as YYYY-MM-DD"
CONTROLS = "send text without control characters; newlines and tabs are taken"


@pytest.mark.parametrize(
    ("field", "value", "form"),
    [
        (CURRENCY, "IDR", "IDR"),
        (NOTE, "  two \n words\t", "two words"),
        (NOTE, "e\u0301te\u0301", "\u00e9t\u00e9"),
        (TOTAL, "12.5", "12.50"),
        (TOTAL, 12.5, "12.50"),
        (TOTAL, 12, "12.00"),
        (TOTAL, "012.50", "12.50"),
        (TOTAL, "-0", "0.00"),
        (TOTAL, "12.5000000", "12.50"),
        (NumberField(name="n"), "1000000", "1000000"),
        (NumberField(name="n"), 0.1, "0.1"),
        (NumberField(name="n"), 1e-7, "0.0000001"),
        (COUNT, 7.0, 7),
        (COUNT, 7.25, 7.25),
        (PAID, "2026-03-01", "2026-03-01"),
    ],
)
def test_a_value_has_one_form(field: AnyField, value: Answer, form: Answer) -> None:
    assert field.problem_with(value) is None
    assert field.canonical(value) == form
    assert type(field.canonical(value)) is type(form)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        (CURRENCY, "USD", "send one of the field's options, exactly"),
        (CURRENCY, ["EUR"], "send one of the field's options as text, in quotes, exactly"),
        (NOTE, 7, "send text, in quotes"),
        (NOTE, {"a": 1}, "send text, in quotes"),
        (NOTE, "", "it is empty; send what stands there"),
        (NOTE, " \n ", "it is empty; send what stands there"),
        (NOTE.model_copy(update={"required": False}), "", "it is empty; leave the field out"),
        (NOTE, "x" * 21, "send at most 20 characters"),
        (NOTE, "a\x00b", CONTROLS),
        (NOTE, "a\x1bb", CONTROLS),
        (NOTE, "a\ud800b", CONTROLS),
        (NOTE, "\u200b\u2060", "send text that can be seen: it has invisible characters alone"),
        (TOTAL, "12,50", NO_NUMBER),
        (TOTAL, "1e3", NO_NUMBER),
        (TOTAL, "", NO_NUMBER),
        (TOTAL, "\u0661\u0662", NO_NUMBER),
        (TOTAL, float("nan"), NO_NUMBER),
        (TOTAL, float("inf"), NO_NUMBER),
        (TOTAL, True, NO_NUMBER),
        (TOTAL, [1], NO_NUMBER),
        (TOTAL, "12.505", "send at most 15 digits before the point and 2 after it"),
        (NumberField(name="n"), 10**15, "send at most 15 digits before the point and 10 after it"),
        (NumberField(name="n"), 10**400, "send at most 15 digits before the point and 10 after it"),
        (TOTAL, -1, "send a number from 0 up to 1000"),
        (TOTAL, "1000.01", "send a number from 0 up to 1000"),
        (NumberField(name="n", low=0.5), 0, "send a number from 0.5 on"),
        (NumberField(name="n", high=5), 6, "send a number up to 5"),
        (COUNT, "7", "send a JSON number, without quotes"),
        (PAID, "01.03.2026", NO_DAY),
        (PAID, "2026-02-30", NO_DAY),
        (PAID, "2026-3-1", NO_DAY),
        (PAID, 20260301, 'send a day as text, in quotes: "2026-03-01"'),
        (PAID, "2025-12-31", "send a day that is not before 2026-01-01"),
        (PAID, "2027-01-01", "send a day that is not after 2026-12-31"),
    ],
)
def test_each_thing_that_is_wrong_has_its_own_fix(
    field: AnyField, value: Answer, problem: str
) -> None:
    assert field.problem_with(value) == problem


@pytest.mark.parametrize("field", [CURRENCY, NOTE, TOTAL, COUNT, PAID, NumberField(name="n")])
@given(
    value=st.one_of(
        st.text(), st.integers(), st.floats(), st.booleans(),
        st.decimals(allow_nan=False, allow_infinity=False).map(str),
        st.sampled_from(["EUR", "2026-05-05", "12.50", "7"]),
    )
)  # fmt: skip
def test_the_one_form_of_what_is_taken_is_taken_and_stays(field: AnyField, value: Any) -> None:
    if field.problem_with(value) is None:
        form = field.canonical(value)
        assert field.problem_with(form) is None
        assert field.canonical(form) == form


def test_values_that_mean_the_same_have_one_key() -> None:
    key: Callable[[str], str] = NOTE.value_key
    assert key("Kopi Pagi") == key("KOPI PAGI") != key("Kopi Pogi")
    exact = NOTE.model_copy(update={"case": True})
    assert exact.value_key("Kopi") != exact.value_key("KOPI")
