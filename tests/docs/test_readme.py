"""The README is short, and what it says of numbers is what was measured last."""

import json
import re
from collections.abc import Sequence
from statistics import median

import pytest

from bench.bounds import rows
from bench.tables import kept
from tests.architecture.source import ROOT
from tests.bench.test_page import named
from tests.docs.pages import WRITTEN, Page, page, pages
from tests.faults.page import LAST_RUN

LINES_MAX, CELL_MAX, HEAD = 150, 200, 40
README = page("README.md")
OPENING = "\n".join(README.text.splitlines()[:HEAD])


def too_long(source: Page) -> list[str]:
    """Cells of tables that nobody reads."""
    return [
        f"{source.path}:{number}: a cell of {len(cell)} characters, {CELL_MAX} at most: split the"
        " row, or say it below the table"
        for number, cell in source.cells()
        if len(cell) > CELL_MAX
    ]


def test_it_is_read_in_one_go() -> None:
    lines = README.text.count("\n")

    assert lines <= LINES_MAX, f"README.md has {lines} lines: move what one reader needs to docs/"


@pytest.mark.parametrize("what", ["**For whom**", "**Instead of**", "| measured |"])
def test_its_opening_says_what_it_is_for_whom_instead_of_what_and_how_well(what: str) -> None:
    assert what in OPENING, f"the first {HEAD} lines lack {what}"


@pytest.mark.parametrize("source", pages(*WRITTEN), ids=lambda source: source.path)
def test_no_cell_of_a_table_is_a_page_of_its_own(source: Page) -> None:
    assert not too_long(source), "\n".join(too_long(source))


def test_its_bounds_are_those_of_the_last_bench() -> None:
    now, before = named()
    found = list(rows(kept(before), kept(now)))
    held = sum(row[-1] == "held" for row in found)

    assert re.findall(r"\| (\d+) bounds on .*?\| (\d+) held", OPENING) == [
        (str(len(found)), str(held))
    ], "say in README.md how many bounds were held: bench/results/README.md has them"


def test_its_rate_and_wait_are_those_of_the_last_bench() -> None:
    whole = kept(named()[0])["whole"]
    rate = median(one["outputs"] / one["seconds"] for one in whole["rounds"])
    wait = whole["trickle"]["waits"]["p50"]

    assert f"{rate:.0f} outputs/s in a burst of {whole['rounds'][0]['outputs']}" in OPENING
    assert f"within {wait:.2f} s" in OPENING


def test_its_faults_are_those_of_the_last_run() -> None:
    run = json.loads(LAST_RUN.read_text(encoding="utf-8"))
    hurt: Sequence[int] = [one[name] for one in run["groups"] for name in ("lost", "paid_twice")]

    assert f"{run['held']} of {run['rows']} held" in OPENING
    assert ("nothing lost, nobody paid twice" in OPENING) == (not any(hurt))


def test_a_long_cell_is_caught_and_a_link_counts_as_its_text() -> None:
    long = Page("x.md", f"| {'x' * 201} | [y]({'z' * 300}) |\n")

    assert len(too_long(long)) == 1
    assert (ROOT / "README.md").is_file()
