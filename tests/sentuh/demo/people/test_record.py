"""People who fill in a record: always an answer to the question, and right as often as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentuh.demo.mending import OVERLOOKS
from sentuh.demo.people import answer_of, begun_from, guess
from shared.contracts.question import Answer
from shared.contracts.questions.record import (
    ChoiceField,
    DateField,
    NumberField,
    RecordQuestion,
    TextField,
)

BILL = RecordQuestion(
    fields=(
        TextField(name="seller", characters_max=12),
        NumberField(name="total", low=0, high=99_999, decimals=2),
        NumberField(name="lines", low=1, high=9, decimals=0, as_text=False),
        ChoiceField(name="currency", options=("EUR", "IDR", "USD")),
        DateField(name="issued_on", first="2026-01-01", last="2026-12-31"),
        TextField(name="note", required=False),
    )
)
TRUTH: dict[str, Answer] = {
    "seller": "Kopi Pagi",
    "total": "1250.00",
    "lines": 3,
    "currency": "IDR",
    "issued_on": "2026-03-01",
}
FULL: dict[str, Answer] = {**TRUTH, "note": "paid"}


@pytest.mark.parametrize("truth", [TRUTH, FULL, {}])
@given(accuracy=st.floats(0, 1) | st.none(), task=st.integers())
def test_whoever_answers_gives_an_answer_to_the_question(
    truth: Answer, accuracy: float | None, task: int
) -> None:
    about = (1, "w-1", task)
    answer = answer_of(accuracy, about, truth=truth, question=BILL)
    if truth or accuracy is None:
        assert BILL.problem_with(answer) is None
    assert answer == answer_of(accuracy, about, truth=truth, question=BILL)
    assert BILL.problem_with(guess(BILL, *about)) is None


def test_who_is_always_right_says_the_truth_and_others_are_right_on_so_many_fields() -> None:
    def right(accuracy: float) -> float:
        answers = [
            answer_of(accuracy, (1, "w-1", task), truth=FULL, question=BILL) for task in range(200)
        ]
        fields = [
            isinstance(answer, dict) and answer.get(name) == value
            for answer in answers
            for name, value in FULL.items()
        ]
        return sum(fields) / len(fields)

    assert right(1.0) == 1.0
    assert right(0.8) == pytest.approx(0.8, abs=0.06)
    assert right(0.0) < 0.2


@given(st.floats(0, 1), st.floats(0, 1), st.integers())
def test_a_mended_draft_has_each_field_from_the_draft_or_from_the_person(
    model: float, accuracy: float, task: int
) -> None:
    draft = answer_of(model, (1, "model", task), truth=FULL, question=BILL)
    own = answer_of(accuracy, (1, "w-1", task), truth=FULL, question=BILL)
    mended = begun_from(draft, own, (1, "w-1", task), question=BILL)

    assert BILL.problem_with(mended) is None
    assert isinstance(draft, dict)
    assert isinstance(own, dict)
    assert isinstance(mended, dict)
    assert all(mended.get(name) in (draft.get(name), own.get(name)) for name in FULL)
    assert begun_from(own, own, (1, "w-1", task), question=BILL) == own


def test_people_overlook_some_errors_of_a_draft() -> None:
    draft = {**FULL, "total": "1.00", "currency": "EUR"}
    mended = [begun_from(draft, FULL, (1, "w-1", task), question=BILL) for task in range(500)]
    left = [isinstance(one, dict) and one["total"] == "1.00" for one in mended]

    assert left.count(True) / 500 == pytest.approx(OVERLOOKS, abs=0.06)
    assert all(isinstance(one, dict) and one["seller"] == FULL["seller"] for one in mended)
