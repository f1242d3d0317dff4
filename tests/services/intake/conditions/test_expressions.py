"""Conditions in CEL: what is compiled, what is computed, and what cannot be."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.conditions.expressions import ConditionError, compiled, without_quoted
from shared.contracts.events.parts import Confidence, Output, Scored
from tests.services.intake.builders import JSON
from tests.support.builders import an_output


def computed(text: str, output: Output, kind: str = "choice") -> bool | str:
    condition = compiled(text, kind)
    return condition.computed(condition.values(output))


FULL = an_output(confidence=0.93).model_copy(
    update={
        "labels": (Scored(label="cat", score=0.55), Scored(label="dog", score=0.45)),
        "language": "id-ID",
        "text": "Tiga kucing",
    }
)
INVOICE = FULL.model_copy(update={"answer": {"total": 1200.5, "seller": "Toko Maju"}})


@pytest.mark.parametrize(
    ("text", "kind", "result"),
    [
        ("margin < 0.2", "choice", True),
        ("margin < 0.05", "choice", False),
        ("confidence < 0.95 && language.startsWith('id')", "choice", True),
        ("answer == 'cat' || entropy > 0.9", "choice", True),
        ("labels.exists(label, label == 'dog' && labels[label] > 0.4)", "choice", True),
        ("'bird' in labels && labels['bird'] > 0.1", "choice", False),
        ("text_length > 4000 || word_count == 2", "choice", True),
        ("text.matches('(?i)kucing$')", "choice", True),
        ("refused || truncated || tool_call", "choice", False),
        ("fields.total > 1000", "record", True),
        ("double(fields['total']) < 1000.0", "record", False),
        ("has(fields.discount)", "record", False),
    ],
)
def test_a_condition_is_computed_from_the_facts(text: str, kind: str, result: bool) -> None:
    assert computed(text, INVOICE if kind == "record" else FULL, kind) is result


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("duration_seconds > 60.0", "choice"),
        ("labels['bird'] > 0.1", "choice"),
        ("fields.discount > 5", "record"),
        ("fields.seller > 5", "record"),
        ("1 / (text_length - 11) > 0", "choice"),
    ],
)
def test_what_cannot_be_computed_is_neither_true_nor_false(text: str, kind: str) -> None:
    assert isinstance(computed(text, INVOICE if kind == "record" else FULL, kind), str)


def test_a_fact_that_makes_no_difference_may_be_missing() -> None:
    silent = an_output().model_copy(update={"confidence": Confidence(status="absent")})
    assert computed("confidence < 0.5 || text != ''", silent) is True
    assert computed("confidence < 0.5 && text == ''", silent) is False


def test_quoted_text_and_comments_name_nothing() -> None:
    text = "text == 'margin' // and confidence"
    assert [name for name, _ in compiled(text, "choice").facts] == ["text"]
    assert len(without_quoted(text)) == len(text)


def test_nested_loops_end() -> None:
    labels = tuple(Scored(label=f"l{at}", score=0.001) for at in range(1_000))
    text = "labels.all(a, labels.all(b, labels.all(c, labels[a] + labels[b] + labels[c] < 3.0)))"
    assert isinstance(computed(text, FULL.model_copy(update={"labels": labels})), str)


@given(JSON, st.sampled_from(["rating", "record", "spans"]))
def test_any_answer_is_computed_or_told(answer: object, kind: str) -> None:
    output = FULL.model_copy(update={"answer": json.loads(json.dumps(answer))})
    for text in ("answer == 3", "size(answer) > 2", "answer == 'a' || 'a' in answer"):
        first, again = computed(text, output, kind), computed(text, output, kind)
        assert first == again
        assert isinstance(first, (bool, str))


@given(st.text(max_size=40))
def test_any_text_is_compiled_or_told_where_it_is_wrong(text: str) -> None:
    fault = _fault(text)
    assert fault is None or (fault.column >= 0 and fault.fault)


def _fault(text: str) -> ConditionError | None:
    try:
        compiled(text, "choice")
    except ConditionError as error:
        return error
    return None
