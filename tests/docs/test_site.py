"""The site builds strictly, and a dead link is named with what to do."""

import re
from pathlib import Path

import pytest

from tests.docs.links import dead_links
from tests.docs.pages import BESIDE, WRITTEN, Page, anchor, page, pages
from tests.docs.site import build

PAGES = pages(*WRITTEN, *BESIDE)
FETCHED = re.compile(r'<(?:script|link|img)[^>]*(?:src|href)="(https?:[^"]*)"')


@pytest.mark.parametrize("source", PAGES, ids=lambda source: source.path)
def test_no_link_is_dead(source: Page) -> None:
    dead = list(dead_links(source))

    assert not dead, "\n".join(dead)


def test_the_site_builds_strictly_and_asks_nobody_for_anything(tmp_path: Path) -> None:
    first = build(tmp_path / "docs")

    assert "Sentuh" in first.read_text(encoding="utf-8")
    written = [path.read_text(encoding="utf-8") for path in first.parent.rglob("*.html")]
    fetched = {address for text in written for address in FETCHED.findall(text)}
    assert fetched == set(), "a page that is read must fetch nothing from elsewhere"


def test_every_page_of_the_docs_is_in_the_navigation() -> None:
    configuration = page("docs/zensical.toml").text
    lacking = [source.path for source in pages(*WRITTEN) if f'"{source.path}"' not in configuration]

    assert lacking == [], "add these pages to `nav` of docs/zensical.toml"


@pytest.mark.parametrize(
    ("link", "fix"),
    [
        ("docs/nowhere.md", "correct the path"),
        ("docs", "a folder is no page"),
        ("docs/design.md#no-such-thing", "correct what follows the #"),
        ("#no-such-thing", "correct what follows the #"),
        ("../elsewhere.md", "correct the path"),
    ],
)
def test_a_dead_link_is_caught(link: str, fix: str) -> None:
    assert fix in next(dead_links(Page("README.md", f"# Here\n\n[x]({link})\n")))


def test_a_link_that_leads_somewhere_is_none() -> None:
    text = "# Here\n\n[a](#here) [b](docs/design.md#words) [c](https://example.com) `[d](e.md)`\n"

    assert list(dead_links(Page("README.md", text))) == []


def test_a_heading_is_named_as_a_forge_names_it() -> None:
    assert anchor("Publish, settle, `acknowledge`") == "publish-settle-acknowledge"
    assert anchor("For whom, and for whom not") == "for-whom-and-for-whom-not"
