"""Every file and folder that README, CONTRIBUTING and docs name is there."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT, SERVICES
from tests.docs.pages import WRITTEN, Page, pages

FOLDERS = tuple(sorted(path.name for path in ROOT.iterdir() if path.is_dir()))
ROOTED = frozenset(path.name for path in ROOT.iterdir() if path.is_file())
EXAMPLES = frozenset({"acme_scores.py", "test_acme_scores.py"})
"""Files that a recipe has its reader make."""


def paths(page: Page) -> Iterator[str]:
    """Each path in backticks that begins at the root; `<name>` stands for each service."""
    for span in page.spans:
        for word in span.split():
            found = word.strip(",;:").removesuffix("/")
            if found in ROOTED or re.fullmatch(rf"(?:{'|'.join(FOLDERS)})(?:/[\w.<>-]+)+", found):
                yield found


def missing(path: str) -> list[str]:
    """What a path stands for and is not there."""
    named = [path.replace("<name>", name) for name in SERVICES] if "<name>" in path else [path]
    if "<alert>" in path or path.rpartition("/")[2] in EXAMPLES:
        named = [path.rpartition("/")[0]]
    return [one for one in named if not (ROOT / one).exists()]


@pytest.mark.parametrize("page", pages(*WRITTEN), ids=lambda page: page.path)
def test_every_path_is_there(page: Page) -> None:
    wrong = [f"{page.path}: {one} is not there" for path in paths(page) for one in missing(path)]

    assert not wrong, "\n".join(wrong)


def test_paths_of_services_are_found_where_the_table_of_a_service_says() -> None:
    rooms = re.findall(
        r"^\| (`[a-z_]+\.py`.*?) \|", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE
    )
    named = {name for row in rooms for name in re.findall(r"`([a-z_]+)(?:\.py|/)`", row)}
    there = {path.stem for name in SERVICES for path in (ROOT / "services" / name).iterdir()}

    assert named, "CONTRIBUTING has no table of a service's files any more: look here"
    assert named - there == set(), "CONTRIBUTING names rooms that no service has"


def test_a_path_that_is_not_there_is_caught() -> None:
    page = Page("x.md", "`services/<name>/no_such_room.py`, `docs/`, `make test`, `and/or`")

    assert list(paths(page)) == ["services/<name>/no_such_room.py"]
    assert len(missing("services/<name>/no_such_room.py")) == len(SERVICES)
    assert missing("deploy/runbooks/<alert>.md") == []
