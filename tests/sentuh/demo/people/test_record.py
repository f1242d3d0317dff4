"""People who fill in a record: always an answer to the question, and right as often as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentuh.demo.people import answer_of, guess
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
