"""What a catalog's gate may promise, and what is said of a promise that nobody can keep."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.intake.catalog import check, load

SHIPPED = Path(__file__).parents[4] / "deploy" / "catalog.yaml"


def problems(tmp_path: Path, task_type: str, **gate: Any) -> list[str]:
    data = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    data["task_types"][task_type]["gate"] |= gate
    file = tmp_path / "catalog.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    return [str(one) for one in check(file)]


def test_a_promise_needs_no_more_than_a_mode_and_a_share_of_errors(tmp_path: Path) -> None:
    assert problems(tmp_path, "digits", promise={"mode": "shadow", "max_error": 0.05}) == []


@pytest.mark.parametrize(
    ("promise", "field", "fix"),
    [
        ({"mode": "on", "max_error": 0}, "max_error", "write 0.001 or more"),
        ({"mode": "on", "max_error": 1}, "max_error", "write 0.5 or less"),
        ({"mode": "on", "max_error": 0.05, "confidence": 1}, "confidence", "write 0.999 or less"),
        ({"mode": "on", "max_error": 0.05, "missed": 1}, "missed", "write 0.9 or less"),
        ({"mode": "maybe", "max_error": 0.05}, "mode", "write one of: 'off', 'shadow' or 'on'"),
        ({"mode": "on"}, "max_error", "add it"),
        ({"mode": "on", "max_eror": 0.05}, "max_eror", "did you mean max_error?"),
    ],
)
def test_a_wrong_number_is_named_with_its_line_and_fix(
    tmp_path: Path, promise: Mapping[str, Any], field: str, fix: str
) -> None:
    lines = problems(tmp_path, "digits", promise=promise)

    assert any(f"task_types.digits.gate.promise.{field}" in line and fix in line for line in lines)


@pytest.mark.parametrize(("written", "mode"), [("on", "on"), ('"on"', "on"), ("off", "off")])
def test_a_mode_needs_no_quotes_though_yaml_knows_another_meaning(
    tmp_path: Path, written: str, mode: str
) -> None:
    gate = "gate: {threshold: 0.85, audit_share: 0.05"
    text = SHIPPED.read_text(encoding="utf-8")
    assert text.count(f"{gate}}}\n    answers: {{min: 2, max: 6}}") == 1
    promised = f"{gate}, promise: {{mode: {written}, max_error: 0.05}}}}"
    file = tmp_path / "catalog.yaml"
    file.write_text(text.replace(f"{gate}}}", promised, 1), encoding="utf-8")

    rules = [row.gate.promise for row in load(file).task_types.values() if row.gate]

    assert [rule.mode for rule in rules if rule] == [mode]


def test_a_promise_about_answers_that_no_verdict_repeats_is_refused(tmp_path: Path) -> None:
    kinds = {name: row.kind for name, row in load(SHIPPED).task_types.items() if row.gate}
    transcript = next(name for name, kind in kinds.items() if kind == "transcript")

    (line,) = problems(tmp_path, transcript, promise={"mode": "shadow", "max_error": 0.05})

    assert "are seldom the same twice" in line
    assert "choice or choices" in line


def test_a_shadow_that_audits_nothing_is_refused(tmp_path: Path) -> None:
    promise = {"mode": "shadow", "max_error": 0.05}
    (line,) = problems(tmp_path, "digits", audit_share=0.01, promise=promise)

    assert "audit_share" in line
    assert problems(tmp_path, "digits", audit_share=0.0, promise=promise | {"mode": "on"}) == []
