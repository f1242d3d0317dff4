"""Whether a model's own answer may count beside people's is the catalog's to say."""

from pathlib import Path

import pytest

from services.intake.catalog import check, load
from tests.services.intake.catalog.test_catalog import saved
from tests.support.builders import NOW

ROW = """\
skills: {}
rate_cards: {glance: {currency: USD, amount_minor: 5}}
task_types:
  work:
    pool: main
    question: Is it a cat?
    gate: {threshold: 0.8, audit_share: 0.05}
    answers: {min: 2, max: 5}
    times: {accept_seconds: 60, answer_seconds: 600, task_seconds: 86400}
    rate_card: glance
"""
CHOICE = "    options: [yes please, no]\n    stopping: {confidence: 0.9}\n"
CHOICE = CHOICE.replace("no]", '"no"]')
RATING = "    kind: rating\n    low: 1\n    high: 5\n    stopping: {tolerance: 0.5}\n"


@pytest.mark.parametrize(
    ("own", "share"),
    [
        (CHOICE, 0.1),
        (CHOICE + "    witness_blind_share: 0.25\n", 0.25),
        (CHOICE + "    witness: on\n    witness_blind_share: 0.25\n", 0.25),
        (CHOICE + "    witness: off\n", None),
        (CHOICE + '    witness: "off"\n', None),
        (RATING, None),
    ],
)
def test_a_task_travels_with_the_share_that_is_judged_without_the_model(
    tmp_path: Path, own: str, share: float | None
) -> None:
    catalog = load(saved(tmp_path, ROW + own))

    assert catalog.policy("work", NOW).witness_blind_share == share


@pytest.mark.parametrize(
    ("own", "field", "fix"),
    [
        (CHOICE + "    witness_blind_share: 0\n", "witness_blind_share", "0.01"),
        (CHOICE + "    witness_blind_share: 1\n", "witness_blind_share", "0.9"),
        (CHOICE + "    witness: maybe\n", "witness", "on"),
        (
            CHOICE + "    witness: off\n    witness_blind_share: 0.2\n",
            "witness_blind_share",
            "set witness: on",
        ),
        (RATING + "    witness: off\n", "witness", "remove it"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_line_and_fix(
    tmp_path: Path, own: str, field: str, fix: str
) -> None:
    (problem,) = check(saved(tmp_path, ROW + own))

    assert problem.field == f"task_types.work.{field}"
    assert problem.line == (ROW + own).count("\n")
    assert fix in f"{problem.fault} {problem.fix}"


def test_a_catalog_that_does_not_say_it_keeps_its_digest(tmp_path: Path) -> None:
    plain = load(saved(tmp_path, ROW + CHOICE))

    assert "witness" not in str(plain.model_dump(mode="json"))
