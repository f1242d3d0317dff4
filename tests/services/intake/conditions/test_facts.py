"""The facts of an output: each follows from it alone, and what it lacks is not there."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.conditions.facts import FACTS, Value, facts_for, values_of
from shared.contracts.events.asked import Media
from shared.contracts.events.doubts import Doubt
from shared.contracts.events.parts import Confidence, Output, Scored
from tests.support.builders import an_output


def fact(name: str, output: Output) -> Value:
    return values_of(output, [(name, FACTS[name])]).get(name)


def scored(*scores: float) -> Output:
    labels = tuple(Scored(label=f"l{at}", score=score) for at, score in enumerate(scores))
    return an_output().model_copy(update={"labels": labels})


def test_margin_is_the_lead_of_the_best_over_the_second() -> None:
    assert fact("margin", scored(0.1, 0.6, 0.25)) == pytest.approx(0.35)
    assert fact("margin", scored(0.5, 0.5)) == 0
    assert fact("margin", scored(0.9)) is None
    assert fact("margin", scored()) is None


def test_entropy_is_in_bits() -> None:
    assert fact("entropy", scored(0.5, 0.5)) == pytest.approx(1)
    assert fact("entropy", scored(0.25, 0.25, 0.25, 0.25)) == pytest.approx(2)
    assert fact("entropy", scored(1.0, 0.0)) == 0
    assert fact("entropy", scored(0.0, 0.0)) is None
    assert fact("entropy", scored(0.9)) is None


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40))
def test_entropy_lies_between_0_and_that_of_equal_scores(scores: list[float]) -> None:
    entropy = fact("entropy", scored(*scores))
    if entropy is None:
        assert not math.fsum(scores)
    else:
        assert isinstance(entropy, float)
        assert 0 <= entropy <= math.log2(len(scores)) + 1e-9


@pytest.mark.parametrize(
    ("doubt", "name"),
    [
        ("unfinished", "truncated"),
        ("refusal", "refused"),
        ("not_an_answer", "tool_call"),
        ("repeats", "repeats"),
    ],
)
def test_what_stands_in_the_way_of_a_confidence_is_a_fact(doubt: Doubt, name: str) -> None:
    doubted = Confidence(status="absent", value=0.9, reason=doubt)
    output = an_output().model_copy(update={"confidence": doubted})
    assert fact(name, output) is True
    assert fact("doubt", output) == doubt
    assert fact("confidence", output) is None
    assert fact(name, an_output()) is False


def test_a_length_is_there_where_it_was_stated() -> None:
    media = Media(ref="s3://b/c", duration_ms=1_500)
    assert fact("duration_seconds", an_output().model_copy(update={"media": media})) == 1.5
    assert fact("duration_seconds", an_output()) is None


def test_each_kind_has_its_answer_and_records_alone_have_fields() -> None:
    assert facts_for("choice")["answer"].type == "string"
    assert facts_for("rating")["answer"].type == "any"
    assert "fields" in facts_for("record")
    assert "fields" not in facts_for("choice")


def test_the_operators_page_lists_every_fact() -> None:
    page = (Path(__file__).parents[4] / "docs" / "operate.md").read_text(encoding="utf-8")
    for name, fact in FACTS.items():
        row = f"| `{name}` | `{fact.type}` | {fact.what} |"
        assert row in page, f"write into the table of facts in docs/operate.md: {row}"
