"""The pages of the documentation, and what is in them: headings, links, code, tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.architecture.source import ROOT

WRITTEN = ("README.md", "CONTRIBUTING.md", "docs/*.md")
"""What people write for readers."""
BESIDE = (
    "CHANGELOG.md",
    "bench/results/*.md",
    "tests/faults/README.md",
    "deploy/prometheus/metrics.md",
    "deploy/runbooks/*.md",
)
"""What a program writes, or what has tests of its own, and links lead to."""

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^()\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code with the language it says it is in."""

    language: str
    text: str


@dataclass(frozen=True)
class Page:
    """One page: its path from the root, in slashes, and its text."""

    path: str
    text: str

    @property
    def blocks(self) -> list[Block]:
        """Its blocks of code."""
        return [Block(found[1], found[2]) for found in FENCE.finditer(self.text)]

    @cached_property
    def prose(self) -> str:
        """Its text without blocks of code."""
        return FENCE.sub("", self.text)

    @property
    def spans(self) -> list[str]:
        """What stands between single backticks."""
        return SPAN.findall(self.prose)

    @property
    def links(self) -> list[str]:
        """Where its links and pictures lead."""
        return LINK.findall(SPAN.sub("", self.prose))

    @cached_property
    def anchors(self) -> frozenset[str]:
        """What a link may name after `#`, as GitHub makes it of headings."""
        heads = re.findall(r"^#+ (.*)$", self.prose, re.MULTILINE)
        return frozenset(anchor(head) for head in heads)

    def cells(self) -> Iterator[tuple[int, str]]:
        """Each cell of each table as a reader sees it, with the number of its line."""
        for number, line in enumerate(self.text.splitlines(), 1):
            if line.startswith("|"):
                for cell in re.split(r"(?<!\\)\|", line)[1:-1]:
                    yield number, re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", cell).strip()


def anchor(heading: str) -> str:
    """Lower case, blanks to hyphens, marks dropped."""
    plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return plain.strip().replace(" ", "-")


def pages(*patterns: str) -> list[Page]:
    """The pages that match, in order."""
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return [page(path.relative_to(ROOT).as_posix()) for path in paths]


def page(path: str) -> Page:
    """The page at `path` from the root."""
    return Page(path, (ROOT / path).read_text(encoding="utf-8"))


def leads_outside(link: str) -> bool:
    """Whether a link leaves the repository."""
    return re.match(r"[a-z]+:", link) is not None


def target(source: Page, link: str) -> tuple[Path, str]:
    """Where a link of this page leads: a file, and what it names in it."""
    path, _, named = link.partition("#")
    found = ROOT / source.path if not path else ROOT / Path(source.path).parent / path
    return Path(found).resolve(), named
