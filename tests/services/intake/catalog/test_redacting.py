"""What a task type says of redaction is checked when the catalog is read."""

from pathlib import Path

import pytest

from services.intake.catalog import check, load
from tests.services.intake.catalog.test_catalog import GOOD, saved

T = "task_types.digits"


def with_redaction(*lines: str) -> str:
    return GOOD.replace("    pool: main\n", "\n".join(["    pool: main", *lines, ""]))


def test_kinds_and_regions_are_taken(tmp_path: Path) -> None:
    catalog = load(
        saved(tmp_path, with_redaction("    redact: [email, phone]", "    phone_regions: [ID, SG]"))
    )
    row = catalog.task_type("digits")
    assert row.redact == ("email", "phone")
    assert row.phone_regions == ("ID", "SG")


def test_a_catalog_without_redaction_has_the_digest_it_had(tmp_path: Path) -> None:
    plain = load(saved(tmp_path, GOOD))
    assert "redact" not in plain.model_dump_json()
    assert "phone_regions" not in plain.model_dump_json()


@pytest.mark.parametrize(
    ("lines", "field", "fix"),
    [
        (["    redact: [email, name]"], "redact[1]", "write one of"),
        (["    redact: [email, email]"], "redact[1]", "list it once"),
        (["    redact: email"], "redact", "write a list"),
        (["    redact: [phone]", "    phone_regions: [id]"], "phone_regions[0]", "ID"),
        (["    redact: [phone]", "    phone_regions: []"], "phone_regions", "at least 1"),
        (["    redact: [email]", "    phone_regions: [SG]"], "phone_regions", "add phone"),
    ],
)
def test_a_fault_is_named_with_its_fix(
    tmp_path: Path, lines: list[str], field: str, fix: str
) -> None:
    (problem,) = check(saved(tmp_path, with_redaction(*lines)))
    assert problem.field == f"{T}.{field}"
    assert fix in problem.fix
