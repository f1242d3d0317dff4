"""Commands in the documentation: every line of a shell block, and commands named in backticks."""

import re
from collections.abc import Iterator

from tests.docs.pages import WRITTEN, Page, pages

FROM = (*WRITTEN, "bench/results/README.md", "tests/faults/README.md")
SHELLS = frozenset({"sh", "bash"})
PROGRAMS = ("make", "sentuh", "python", "docker", "java", "head")
"""What a command in backticks begins with."""
ALONE = frozenset({"make", "publish_console.sh"})
"""What is a command without a word more; another program's bare name is only its name."""
NAMES = frozenset({"docker compose", "docker run"})


def commands(page: Page) -> Iterator[str]:
    """Each command of a page as it stands there, without prompt and remark."""
    for block in page.blocks:
        lines = block.text.replace("\\\n", " ").splitlines()
        if block.language == "console":
            lines = [line.strip()[2:] for line in lines if line.strip().startswith("$ ")]
        elif block.language not in SHELLS:
            continue
        yield from filter(None, map(_bare, lines))
    for span in page.spans:
        named = span.startswith(tuple(f"{program} " for program in PROGRAMS))
        if span in ALONE or (named and span not in NAMES):
            yield _bare(span)


def by_command() -> dict[str, str]:
    """Every command, with the path of the first page it stands on."""
    found: dict[str, str] = {}
    for page in pages(*FROM):
        for command in commands(page):
            found.setdefault(command, page.path)
    return found


def _bare(line: str) -> str:
    return " ".join(re.sub(r"\s{2,}#.*$|^\s*#.*$", "", line).split())
