"""The fields of a record in the catalog, and the model's own record."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts.questions.record import NumberField, RecordRow, TextField
from tests.support.builders import an_output

FIELDS_MANY = [
    {"name": f"f{n}", "kind": "choice", "options": ["x" * 99, "y" * 99]} for n in range(90)
]


def a_row(*fields: dict[str, Any]) -> RecordRow:
    return RecordRow.model_validate_json(json.dumps({"fields": fields}))


ROW = a_row(
    {"name": "seller"},
    {"name": "total", "kind": "number", "decimals": 2, "low": 0},
    {"name": "paid_on", "kind": "date", "required": False},
)


def test_a_row_asks_for_its_fields() -> None:
    fields = ROW.asks().fields
    assert fields[:2] == (TextField(name="seller"), NumberField(name="total", decimals=2, low=0))
    assert not fields[2].required
    assert list(ROW.faults(None)) == []


def test_a_models_record_is_its_own_answer_and_the_draft() -> None:
    output = an_output().model_copy(update={"answer": {"total": 12.5, "seller": "Kopi"}})
    asked = ROW.asked(output)
    assert ROW.own_answer(output) == {"seller": "Kopi", "total": "12.50"}
    assert asked is not None
    assert asked.draft == {"seller": "Kopi", "total": "12.50"}


@pytest.mark.parametrize("answer", [None, "Kopi", {"total": 1}, {"seller": "Kopi", "total": -1}])
def test_what_does_not_fit_is_neither(answer: Any) -> None:
    output = an_output().model_copy(update={"answer": answer})
    assert ROW.own_answer(output) is None
    assert ROW.asked(output) is None


@pytest.mark.parametrize(
    ("fields", "where", "fault"),
    [
        ([{"name": "a"}, {"name": "a"}], ("fields", 1, "name"), "a is a field already"),
        (
            [{"name": "a", "decimals": 2}],
            ("fields", 0, "decimals"),
            "is no rule for a field of the kind text",
        ),
        ([{"name": "a", "kind": "choice"}], ("fields", 0, "options"), "is missing"),
        (
            [{"name": "a", "kind": "choice", "options": ["x", "X"]}],
            ("fields", 0, "options", 1),
            "X looks like another option",
        ),
        (
            [{"name": "a", "kind": "number", "low": 3, "high": 2}],
            ("fields", 0, "low"),
            "3 is above high",
        ),
        (
            [{"name": "a", "kind": "number", "low": 0.005, "high": 0.009, "decimals": 2}],
            ("fields", 0, "decimals"),
            "leaves no number from 0.005 to 0.009",
        ),
        (
            [{"name": "a", "kind": "date", "first": "2026-02-30"}],
            ("fields", 0, "first"),
            "2026-02-30 is no day",
        ),
        (
            [{"name": "a", "kind": "date", "first": "2026-03-02", "last": "2026-03-01"}],
            ("fields", 0, "first"),
            "2026-03-02 is after last",
        ),
        (FIELDS_MANY, ("fields",), "they come to 22248 bytes of JSON, above 16384"),
    ],
)
def test_each_fault_of_a_field_has_its_place(
    fields: list[dict[str, Any]], where: tuple[str | int, ...], fault: str
) -> None:
    assert [found[:2] for found in a_row(*fields).faults(None)] == [(where, fault)]


def test_a_waived_answer_must_fit() -> None:
    assert list(ROW.faults({"seller": "Kopi", "total": "1.00"})) == []
    ((where, _, fix),) = ROW.faults({"seller": "Kopi"})
    assert where == ("gate", "waived_answer")
    assert fix == "total: it is missing; send what stands there"


@pytest.mark.parametrize(
    "field",
    [
        {"name": "9 lives"},
        {"name": "a", "kind": "boolean"},
        {"name": "a", "kind": "number", "decimals": 11},
        {"name": "a", "confidence": 0.4},
        {"name": "a", "kind": "date", "first": "soon"},
        {"name": "a", "hihg": 1},
    ],
)
def test_a_rule_out_of_bounds_is_refused(field: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_row(field)
