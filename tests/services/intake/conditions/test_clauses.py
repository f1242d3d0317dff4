"""Which clause of a gate fires, and what of it travels with the task."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.catalog import TaskType, load
from services.intake.conditions.clauses import VALUE_CHARACTERS_MAX, fired_clause
from shared.contracts.events.fired_clause import FiredClause
from shared.contracts.events.parts import Output, Scored
from tests.services.intake.catalog.test_catalog import GOOD, saved
from tests.support.builders import an_output

SURE = an_output("0", confidence=0.97).model_copy(
    update={
        "labels": (Scored(label="0", score=0.5), Scored(label="1", score=0.46)),
        "model": "net-3",
        "language": "en-US",
        "text": "I want a REFUND, please.",
    }
)


def a_row(folder: Path, gate: str) -> TaskType:
    """The task type of a catalog whose gate has these fields too."""
    was = 'waived_answer: "0"}'
    assert was in GOOD
    catalog = load(saved(folder, GOOD.replace(was, f'waived_answer: "0", {gate}}}')))
    return catalog.task_type("digits")


def test_a_condition_fires_with_the_facts_it_names(tmp_path: Path) -> None:
    row = a_row(tmp_path, "review_if: [refused, margin < 0.2 && confidence < 0.98]")
    fired = fired_clause(SURE, row)
    assert fired is not None
    assert fired.rule == "review_if[1]"
    assert fired.text == "margin < 0.2 && confidence < 0.98"
    assert fired.values == {"margin": pytest.approx(0.04), "confidence": 0.97}
    assert fired.problem is None


@pytest.mark.parametrize(
    ("gate", "rule", "entry"),
    [
        ('always_review: {answers: ["1", "0"]}', "answers", "0"),
        ("always_review: {models: [net-3]}", "models", "net-3"),
        ("always_review: {languages: [id, en]}", "languages", "en"),
        ("always_review: {words: [money back, refund]}", "words", "refund"),
    ],
)
def test_what_is_in_a_list_is_seen(tmp_path: Path, gate: str, rule: str, entry: str) -> None:
    fired = fired_clause(SURE, a_row(tmp_path, gate))
    assert fired == FiredClause(rule=f"always_review.{rule}", text=entry)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I want my MONEY\n  back.", None),
        ("money\u00a0back", None),
        ("mon\u200bey back", None),
        ("\uff4doney back", None),
        ("At the cafe\u0301, at noon", None),
        ("Nothing", "en_US"),
        ("Nothing", "EN"),
        ("Nothing", "english"),
        ("Nothing", "eng_Latn"),
    ],
)
def test_a_listed_phrase_or_language_is_seen_however_it_is_written(
    tmp_path: Path, text: str, language: str | None
) -> None:
    row = a_row(tmp_path, "always_review: {words: [money back, caf\u00e9], languages: [en]}")
    assert fired_clause(SURE.model_copy(update={"text": text, "language": language}), row)


@pytest.mark.parametrize(
    "gate",
    [
        'always_review: {answers: ["1"]}',
        "always_review: {models: [net]}",
        "always_review: {languages: [en-GB, e]}",
        "always_review: {words: [fund, refunds]}",
        "review_if: [margin > 0.2, refused]",
    ],
)
def test_what_is_in_no_list_and_meets_no_condition_fires_nothing(tmp_path: Path, gate: str) -> None:
    assert fired_clause(SURE, a_row(tmp_path, gate)) is None


def test_an_alias_of_a_listed_option_is_seen(tmp_path: Path) -> None:
    row = a_row(tmp_path, 'always_review: {answers: ["1"]}')
    fired = fired_clause(SURE.model_copy(update={"answer": "LABEL_1"}), row)
    assert fired is not None
    assert fired.text == "1"


def test_a_condition_that_cannot_be_computed_counts_as_met(tmp_path: Path) -> None:
    row = a_row(tmp_path, "review_if: [duration_seconds > 60.0]")
    fired = fired_clause(SURE, row)
    assert fired is not None
    assert fired.problem == "the output has no duration_seconds"
    assert fired.values == {}


def test_long_values_are_cut_off(tmp_path: Path) -> None:
    row = a_row(tmp_path, "review_if: [text.contains('a')]")
    fired = fired_clause(SURE.model_copy(update={"text": "a" * 100_000}), row)
    assert fired is not None
    assert len(str(fired.values["text"])) == VALUE_CHARACTERS_MAX


@given(
    st.text(max_size=30),
    st.lists(st.floats(0, 1), max_size=5),
    st.none() | st.text(max_size=5),
    st.floats(0, 1),
)
def test_the_same_output_fires_the_same_clause(
    text: str, scores: list[float], answer: str | None, sure: float
) -> None:
    labels = tuple(Scored(label=f"l{at}", score=score) for at, score in enumerate(scores))
    output = an_output(answer, sure).model_copy(update={"text": text, "labels": labels})
    first = fired_clause(output, ROW)
    copied = Output.model_validate_json(output.model_dump_json())
    assert fired_clause(copied, ROW) == first
    if first is not None:
        assert FiredClause.model_validate_json(first.model_dump_json()) == first


def _row() -> TaskType:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        gate = "review_if: [margin < 0.2, text.contains('a'), answer == 'b'], "
        return a_row(Path(folder), gate + "always_review: {words: [b], models: [m]}")


ROW = _row()
