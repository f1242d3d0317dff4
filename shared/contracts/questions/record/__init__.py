"""The kind `record`: fill in fields. An answer is an object with a value for each field."""

from shared.contracts.question import Kind
from shared.contracts.questions.record.fields import (
    AnyField,
    ChoiceField,
    DateField,
    NumberField,
    TextField,
)
from shared.contracts.questions.record.question import AnyRecord, RecordDetail, RecordQuestion
from shared.contracts.questions.record.row import FieldRow, RecordRow

__all__ = [
    "KIND",
    "AnyField",
    "AnyRecord",
    "ChoiceField",
    "DateField",
    "FieldRow",
    "NumberField",
    "RecordDetail",
    "RecordQuestion",
    "RecordRow",
    "TextField",
]

KIND = Kind(
    name="record",
    question=RecordQuestion,
    answer=dict[str, str | int | float],
    sent_answer=dict[str, str | int | float | None],
    row=RecordRow,
    waived_answer=dict[str, str | int | float],
    detail=RecordDetail,
    drafts=True,
    answers_max=30,
)
