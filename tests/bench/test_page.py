"""The page of the results is what its figures make of it, and says which bounds are held."""

import re
from copy import deepcopy

from bench.page import TEMPLATE, is_whole, page
from bench.tables import RESULTS, kept

README = RESULTS / "README.md"


def named() -> tuple[str, str]:
    """The results a page says it was written from, and those from before."""
    now, before = re.findall(r"\[([\w.-]+)\.md\]", README.read_text(encoding="utf-8"))[:2]
    return now, before


def test_the_page_is_what_its_figures_make_of_its_template() -> None:
    now, before = named()
    found = page(kept(now), kept(before), name=now, before_name=before)

    assert README.read_text(encoding="utf-8") == found, (
        f"write it anew: python -m bench --page {now} --before {before}"
    )


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
    found = page(now, {}, name="now", before_name="before")

    assert "records/s of intake ÷ relay (0.010, ≥ 0.25)" in found
