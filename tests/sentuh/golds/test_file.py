"""A file of golds is taken as a whole, or each fault in it is named with line, field and fix."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import JsonValue

from sentuh.__main__ import main
from sentuh.golds import golds_of
from services.intake.catalog import CatalogError, load
from shared.contracts.events.golds import GOLDS_MAX
from tests.sentuh.golds.catalogs import GOLDS, a_catalog

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_golds_are_read_as_outputs_of_their_task_type(tmp_path: Path) -> None:
    ((task_type, golds, problems),) = golds_of(a_catalog(tmp_path), NOW)

    assert (task_type, problems) == ("mood", ())
    first, second = golds
    assert (first.pool, first.gold_id, first.truth) == ("main", "mood-1", "positive")
    assert first.people == 2
    assert first.output.request == "What a lovely morning!"
    assert first.placed_max == 20
    assert second.not_for == ["w-9"]
    assert len({first.nonce, second.nonce, ""}) == 3
    assert second.output.answer == "negative"


def test_the_task_type_says_how_often_each_is_asked(tmp_path: Path) -> None:
    ((_, golds, _),) = golds_of(a_catalog(tmp_path, golds_placed_max=7), NOW)

    assert {gold.placed_max for gold in golds} == {7}


REST = "truth: positive, response: {text: Good.}"
ONE = f"- {{id: g-1, {REST}}}\n"
WRONG = [
    ("- {id: g-1, truth: glad, response: {text: Good.}}", 1, "[0].truth", "is no answer"),
    ("- {id: g-1, truth: yes, response: {text: Good.}}", 1, "[0].truth", "is no answer"),
    (f"- {{id: 7, {REST}}}", 1, "[0].id", "put it in quotes"),
    (f"- {{id: 'a b', {REST}}}", 1, "[0].id", "is no id"),
    ("- {id: g-1, thruth: positive, response: {text: Good.}}", 1, "[0].thruth", "mean truth?"),
    ("- {id: g-1, truth: positive}", 1, "[0]", "has no response"),
    ("- {id: g-1, truth: positive, response: {labels: 3}}", 1, "[0].response", "labels"),
    (f"{ONE}\n{ONE}", 3, "[1].id", "another gold"),
    (f"{ONE}- g-2", 2, "[1]", "is no gold"),
    (f"- {{id: g-1, {REST}, not_for: w-1}}", 1, "not_for", "no list"),
    (f"- {{id: g-1, {REST}, not_for: [7]}}", 1, "not_for[0]", "quotes"),
    ("id: g-1", 1, "catalog", "holds no list"),
    ("- {id: g-1", 1, "catalog", "correct"),
    (f"{ONE[:-3]}{'x' * 70_000}}}}}", 1, "response", "shorten"),
]


@pytest.mark.parametrize(("golds", "line", "field", "words"), WRONG)
def test_each_fault_is_named_with_its_line_and_fix(
    tmp_path: Path, golds: str, line: int, field: str, words: str
) -> None:
    ((_, _, problems),) = golds_of(a_catalog(tmp_path, golds), NOW)

    said = "\n".join(map(str, problems))
    assert f"mood.golds.yaml:{line}: " in said
    assert field in said
    assert words in said
    assert all(problem.fix for problem in problems)


def test_more_golds_than_are_asked_are_refused(tmp_path: Path) -> None:
    many = "".join(
        f"- {{id: g-{number}, truth: positive, response: {{text: t}}}}\n"
        for number in range(GOLDS_MAX + 1)
    )
    ((_, _, problems),) = golds_of(a_catalog(tmp_path, many), NOW)

    assert [problem.line for problem in problems] == [GOLDS_MAX + 1]


def test_golds_without_the_draft_that_others_begin_from_are_refused(tmp_path: Path) -> None:
    spans: dict[str, JsonValue] = {
        "kind": "spans",
        "labels": ["name"],
        "marks": "request",
        "draft": "show",
        "options": None,
    }
    golds = "- {id: g-1, truth: [], request: Anna sings., response: {text: x}}"
    path = a_catalog(tmp_path, golds, **spans)
    text = path.read_text().replace('"options": null, ', "")
    path.write_text(text)
    ((_, _, problems),) = golds_of(path, NOW)

    assert any("no draft" in problem.fault for problem in problems), problems


def test_texts_that_nobody_can_count_have_no_golds(tmp_path: Path) -> None:
    path = a_catalog(tmp_path)
    options = '"options": ["positive", "negative"]'
    path.write_text(path.read_text().replace(options, '"kind": "text", "then": "mood"'))

    with pytest.raises(CatalogError, match=r"mood\.golds: of the kind text no single answer"):
        load(path)


def test_a_number_without_golds_is_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_catalog(tmp_path, golds_placed_max=3)
    path.write_text(path.read_text().replace('"golds": "mood.golds.yaml", ', ""))

    assert main(["catalog", "check", str(path)]) == 1
    assert "golds_placed_max: says how often golds are asked" in capsys.readouterr().out


def test_the_catalogs_check_looks_at_golds_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["catalog", "check", str(a_catalog(tmp_path))]) == 0
    capsys.readouterr()

    path = a_catalog(tmp_path, GOLDS.replace("truth: negative", "truth: sad"))
    assert main(["catalog", "check", str(path)]) == 1
    assert "mood.golds.yaml:6: [1].truth" in capsys.readouterr().out
    (tmp_path / "mood.golds.yaml").unlink()
    assert main(["catalog", "check", str(path)]) == 1
    assert "the file cannot be read" in capsys.readouterr().out


def test_golds_are_no_part_of_the_rules_that_tasks_carry(tmp_path: Path) -> None:
    with_golds = load(a_catalog(tmp_path)).digest
    path = a_catalog(tmp_path)
    path.write_text(path.read_text().replace(', "golds": "mood.golds.yaml"', ""))

    assert load(path).digest == with_golds


def test_publishing_a_faulty_file_publishes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = a_catalog(tmp_path, "- {id: g-1, truth: glad, response: {text: Good.}}")

    assert main(["golds", "publish", str(path), "--kafka", "127.0.0.1:1"]) == 1
    assert "[0].truth" in capsys.readouterr().out
    assert main(["golds", "publish", str(path), "--type", "none", "--kafka", "127.0.0.1:1"]) == 2
    assert "add golds: FILE" in capsys.readouterr().err
