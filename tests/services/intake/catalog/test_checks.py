"""Every fault of a catalog is found in one go, and none that another leaves open."""

from pathlib import Path
from typing import cast

import pytest
import yaml

from services.intake.catalog import Problem, check, checks
from shared.contracts.questions import KINDS
from tests.kinds import SCENES
from tests.kinds.scene import catalog_of
from tests.services.intake.catalog.test_catalog import GOOD, saved

T = "task_types.digits"


def test_every_fault_is_found_at_once(tmp_path: Path) -> None:
    bad = GOOD.replace("min: 2", "min: 0").replace("pool: main", "pool: 5").replace("JPY", "yen")
    assert [problem.line for problem in check(saved(tmp_path, bad))] == [4, 7, 17]


def test_faults_of_every_kind_are_found_at_once(tmp_path: Path) -> None:
    """A key twice, fields of the wrong kind, and in another task type a name that leads nowhere."""
    second = GOOD.split("task_types:\n")[1].replace("digits:\n", "figures:\n", 1)
    second = second.replace("glance", "glanse").replace("accepts: [sklearn.proba]", "accepts: []")
    bad = GOOD.replace(": main\n", ": main\n    pool: b\n").replace("JPY", "yen")
    bad = bad.replace("min: 2", "min: 0")

    found = check(saved(tmp_path, bad + second))

    assert [problem.field for problem in found] == [
        "rate_cards.glance.currency",
        "task_types.digits.pool",
        "task_types.digits.answers.min",
        "task_types.figures.rate_card",
    ]
    assert "did you mean glance?" in str(found[-1])


MANY = {
    "pool: main": "pool: Main",
    "threshold: 0.8": "threshold: 80",
    'answer: "0"': 'answer: "7"',
    "image.digits: 2": "image.digits: 9, image.digit: 1",
    "[id, en]": "[id, id]",
    "[sklearn.proba]": "[sklearn.proba, sklearn]",
    "min: 2, max: 5": "min: 9, max: 5",
    "accept_seconds: 60, answer_seconds: 120, task_seconds: 3600":
        "accept_seconds: 60, answer_seconds: 120, task_seconds: 170",
    "card: glance": "card: glanse",
}  # fmt: skip
"""Faults of shape and of meaning in one task type, often in one field of it."""


def test_all_faults_of_one_task_type_are_found_at_once(tmp_path: Path) -> None:
    bad = GOOD
    for was, now in MANY.items():
        assert was in bad
        bad = bad.replace(was, now, 1)

    found = [problem.field.removeprefix(f"{T}.") for problem in check(saved(tmp_path, bad))]

    assert found == [
        "pool", "requirement.skills.image.digit", "requirement.skills.image.digits",
        "requirement.languages[1]", "accepts[1]", "gate.threshold", "gate.waived_answer",
        "answers.min", "times.task_seconds", "rate_card",
    ]  # fmt: skip


def test_a_skill_nobody_knows_is_named_beside_its_level(tmp_path: Path) -> None:
    bad = GOOD.replace("image.digits: 2", "image.digit: 9")

    faults = [problem.fault for problem in check(saved(tmp_path, bad))]

    assert sorted(faults) == [
        "must be a number less than or equal to 5",
        "there is no skill image.digit",
    ]


def test_nothing_is_said_of_what_a_fault_leaves_open(tmp_path: Path) -> None:
    """An option that cannot be read may be the one that is waived; a bound that is none, high."""
    bad = GOOD.replace('- "0"', "- 0").replace("max: 5", "max: many")

    found = [problem.field for problem in check(saved(tmp_path, bad))]

    assert found == [f"{T}.options[0]", f"{T}.answers.max"]


def test_a_wrong_name_of_a_task_type_hides_nothing_in_it(tmp_path: Path) -> None:
    bad = GOOD.replace("  digits:", "  Digits:").replace("card: glance", "card: glanse")

    found = [problem.field for problem in check(saved(tmp_path, bad))]

    assert found == ["task_types.Digits", "task_types.Digits.rate_card"]


def test_a_kind_without_fields_of_its_own_has_no_unsound_field() -> None:
    assert checks._has(object())
    assert not checks._has(object(), "low")


BY_UNIT = "{currency: JPY, amount_minor: 5, per: word, units_max: 400}"


@pytest.mark.parametrize(
    ("card", "field", "fix"),
    [
        (BY_UNIT.replace(", units_max: 400", ""), "rate_cards.glance.units_max", "in units of"),
        (BY_UNIT.replace("400", "0"), "rate_cards.glance.units_max", "write 1 or more"),
        (BY_UNIT.replace("word", "page"), "rate_cards.glance.per", "write one of"),
        (BY_UNIT.replace("per: word, ", ""), "rate_cards.glance.units_max", "add per"),
        (
            BY_UNIT.replace("word, units_max: 400", "word, units_max: 1000, minimum_minor: -1"),
            "rate_cards.glance.minimum_minor",
            "write 0 or more",
        ),
        (
            BY_UNIT.replace("minor: 5", "minor: 1000000000000"),
            "rate_cards.glance.units_max",
            "set it to 1 or less",
        ),
        (BY_UNIT.replace("word", "field"), f"{T}.rate_card", "by audio_minute or word"),
    ],
)
def test_pay_by_the_unit_is_checked(tmp_path: Path, card: str, field: str, fix: str) -> None:
    bad = GOOD.replace("{currency: JPY, amount_minor: 5}", card)
    (problem,) = check(saved(tmp_path, bad))
    assert problem.field == field
    assert fix in str(problem)


def test_pay_by_the_word_is_taken(tmp_path: Path) -> None:
    good = GOOD.replace("{currency: JPY, amount_minor: 5}", BY_UNIT)
    assert check(saved(tmp_path, good)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_takes_as_many_answers_as_its_kind_combines_in_time(
    kind: str, tmp_path: Path
) -> None:
    most = KINDS[kind].answers_max
    catalog, task_type = catalog_of(SCENES[kind]), SCENES[kind].task_type()

    def checked(number: int) -> list[Problem]:
        row = {**task_type, "answers": {"min": 1, "max": number}}
        rows = {**cast("dict[str, object]", catalog["task_types"]), SCENES[kind].name: row}
        return check(saved(tmp_path, yaml.safe_dump({**catalog, "task_types": rows})))

    assert checked(most) == []
    (problem,) = checked(most + 1)
    assert problem.field == f"task_types.{SCENES[kind].name}.answers.max"
    assert problem.fix in {f"set it to {most} or less", f"write {most} or less"}
    named = Path(problem.file).read_text().splitlines()[problem.line - 1]
    assert named.strip() == f"max: {most + 1}"
