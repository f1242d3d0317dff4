"""A record: its fields, what is wrong with an answer, its one form, and its token."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.question import Answer
from shared.contracts.questions import question_of, written
from shared.contracts.questions.record import (
    AnyRecord,
    ChoiceField,
    DateField,
    NumberField,
    RecordQuestion,
    TextField,
)
from shared.contracts.questions.record.question import IN_TOKEN_BYTES_MAX, NO_OBJECT

INVOICE = RecordQuestion(
    fields=(
        TextField(name="seller"),
        NumberField(name="total", decimals=2),
        NumberField(name="lines", as_text=False, required=False),
        ChoiceField(name="currency", options=("EUR", "IDR"), confidence=0.99),
        DateField(name="paid_on", required=False),
    )
)
LARGE = RecordQuestion(fields=tuple(TextField(name=f"field_{number}") for number in range(200)))


def a_record(**changed: Any) -> Any:
    record = {"seller": "Kopi Pagi", "total": "12.5", "currency": "IDR"} | changed
    return {name: value for name, value in record.items() if value != "left out"}


def test_it_travels_with_its_fields_and_nothing_that_is_not_set() -> None:
    assert question_of(written(INVOICE)) == INVOICE
    assert "null" not in written(INVOICE)


def test_its_one_form_is_in_the_questions_order_and_without_nulls() -> None:
    sent: Any = {"currency": "IDR", "paid_on": None, "total": 12.5, "seller": " Kopi  Pagi "}
    form = INVOICE.canonical(sent)
    assert form == {"seller": "Kopi Pagi", "total": "12.50", "currency": "IDR"}
    assert isinstance(form, dict)
    assert list(form) == ["seller", "total", "currency"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("Kopi Pagi", NO_OBJECT),
        (None, NO_OBJECT),
        ([], NO_OBJECT),
        (7, NO_OBJECT),
        (a_record(total="left out"), "total: it is missing; send what stands there"),
        (a_record(total=None), "total: it is missing; send what stands there"),
        (
            a_record(curency="IDR"),
            "value 4 is of a field that is not asked for: did you mean currency?",
        ),
        (a_record(zzz=1), "value 4 is of a field that is not asked for: leave it out"),
        (a_record(lines="3"), "lines: send a JSON number, without quotes"),
        (a_record(seller=""), "seller: it is empty; send what stands there"),
        (a_record(currency="USD"), "currency: send one of the field's options, exactly"),
        (a_record(paid_on="soon"), "paid_on: send a day that there is, as YYYY-MM-DD"),
        (
            a_record(total=float("nan")),
            'total: send a number, as 12.5 or "12.50": digits, a point before decimals,'
            " no separators, not NaN",
        ),
        (
            a_record(seller="Kopi\x00"),
            "seller: send text without control characters; newlines and tabs are taken",
        ),
    ],
)
def test_each_thing_that_is_wrong_has_its_own_fix(answer: Answer, problem: str) -> None:
    assert INVOICE.problem_with(answer) == problem


@given(st.dictionaries(
    st.sampled_from(["seller", "total", "lines", "currency", "paid_on", "other"]),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["IDR", "2026-03-01", "12.50"]) | st.lists(st.integers()),
))  # fmt: skip
def test_whatever_is_sent_is_an_answer_or_told_why_not(answer: Any) -> None:
    if INVOICE.problem_with(answer) is None:
        form = INVOICE.canonical(answer)
        assert INVOICE.problem_with(form) is None
        assert INVOICE.canonical(form) == form


def test_people_read_each_field_and_its_value() -> None:
    said = INVOICE.in_words({"seller": "Kopi Pagi", "lines": 3})
    assert said == "seller “Kopi Pagi”, lines “3”"
    assert INVOICE.in_words({}) == "a record without values"
    assert len(INVOICE.in_words({"seller": "x" * 2_000})) < 100


def test_a_token_carries_a_small_question_whole() -> None:
    question, digests = INVOICE.in_token()
    assert digests == b""
    assert question.from_token(digests) == INVOICE


def test_a_token_knows_a_large_question_by_its_digest_and_takes_any_record() -> None:
    question, digests = LARGE.in_token()
    known = question.from_token(digests)
    assert len(written(question)) + len(digests) < 100 < IN_TOKEN_BYTES_MAX
    assert isinstance(known, AnyRecord)
    assert known.in_token() == LARGE.in_token()
    assert known.problem_with({"field_0": 7}) is None
    assert known.canonical({"field_0": 7}) == {"field_0": 7}
    assert known.problem_with([]) == NO_OBJECT
    assert known == AnyRecord(digests) != AnyRecord(b"other")
