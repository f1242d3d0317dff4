"""What being right is worth, as the catalog says it: `worth_per_point`."""

from pathlib import Path

import pytest

from services.intake.catalog import check, load
from tests.services.intake.catalog.test_catalog import GOOD, NOW, saved

WORTH = "    rate_card: glance\n    worth_per_point: "


@pytest.mark.parametrize(
    ("worth", "says"),
    [
        ("0", "write 1 or more"),
        ("2.5", "write a whole number"),
        ("soon", "write a whole number"),
        ("true", "write a whole number"),
        ("10000000000000", "write 1e+12 or less"),
    ],
)
def test_what_being_right_is_worth_is_a_whole_number(tmp_path: Path, worth: str, says: str) -> None:
    text = GOOD.replace("    rate_card: glance\n", f"{WORTH}{worth}\n")
    (problem,) = check(saved(tmp_path, text))

    assert problem.field == "task_types.digits.worth_per_point"
    assert says in str(problem)


def test_no_worth_is_so_small_that_no_answer_is_worth_its_price(tmp_path: Path) -> None:
    dear = GOOD.replace("amount_minor: 5", "amount_minor: 50")
    (problem,) = check(saved(tmp_path, dear.replace("    rate_card: glance\n", f"{WORTH}1\n")))

    assert problem.line == 21
    assert "set it to 2 or more, or remove it" in str(problem)
    assert not check(saved(tmp_path, dear.replace("    rate_card: glance\n", f"{WORTH}2\n")))


def test_what_being_right_is_worth_travels_with_the_task(tmp_path: Path) -> None:
    plain = load(saved(tmp_path, GOOD))
    valued = load(saved(tmp_path, GOOD.replace("    rate_card: glance\n", f"{WORTH}25\n")))

    assert valued.policy("digits", NOW).worth_per_point == 25
    assert plain.policy("digits", NOW).worth_per_point is None
    assert '"worth_per_point"' not in plain.policy("digits", NOW).lasting
