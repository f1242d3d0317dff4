"""The page of the results is what its figures make of it, and says which bounds are held."""

import re
from copy import deepcopy

from bench.page import TEMPLATE, claim, is_whole, is_whole_beside, page
from bench.tables import BESIDE, RESULTS, kept
from tests.architecture.source import ROOT
from tests.bench.test_compared import kept as compared_pairs

README = RESULTS / "README.md"


def named() -> tuple[str, str]:
    """The results a page says it was written from, and those from before."""
    now, before = re.findall(r"\[([\w.-]+)\.md\]", README.read_text(encoding="utf-8"))[:2]
    return now, before


def test_the_page_is_what_its_figures_make_of_its_template() -> None:
    now, before = named()
    found = page(kept(now), kept(before), kept(BESIDE), name=now, before_name=before)

    assert README.read_text(encoding="utf-8") == found, (
        f"write it anew: python -m bench --page {now} --before {before}"
    )


def test_two_builds_side_by_side_are_part_of_it() -> None:
    now, before = named()
    about = (kept(now), kept(before))
    alone = page(*about, {}, name=now, before_name=before)
    both = page(*about, compared_pairs(), name=now, before_name=before)

    assert "## Beside the build before" in both
    assert "## Beside the build before" not in alone
    assert "the one before (3626d28) and this build (4e1d0a7), 3 interleaved pairs" in both
    assert "| in a burst: own processes |" in both
    assert "{{" not in alone + both


def test_the_readme_says_what_an_output_costs_beside_the_build_before() -> None:
    beside = kept(BESIDE)
    if is_whole_beside(beside):
        assert claim(beside) in (ROOT / "README.md").read_text(encoding="utf-8"), claim(beside)
    measured = compared_pairs()

    assert claim(measured) == "0.50 in a burst, 0.50 with 8 people at once, 0.50 at 10 a second"


def test_nothing_of_the_template_is_left_open() -> None:
    assert "{{" in TEMPLATE.read_text(encoding="utf-8")
    assert "{{" not in README.read_text(encoding="utf-8")


def test_a_run_of_some_parts_is_not_whole() -> None:
    whole = kept(named()[0])
    without_qa = deepcopy(whole)
    without_qa["services"] = [one for one in whole["services"] if one["service"] != "qa"]

    assert is_whole(whole)
    assert not is_whole(without_qa)
    assert not is_whole({**whole, "grown": []})


def test_what_is_not_held_is_said() -> None:
    now = deepcopy(kept(named()[0]))
    now["services"][0]["ratio"]["median"] = 0.01
    found = page(now, {}, {}, name="now", before_name="before")

    assert "records/s of intake ÷ relay (0.010, ≥ 0.25)" in found
