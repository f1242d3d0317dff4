"""Writes the documentation's table of formats anew: `python -m tests.docs.formats`."""

from sentuh.check.formats_table import markdown
from tests.architecture.source import ROOT

PAGE = ROOT / "docs" / "publish.md"
HEADING = "## Formats\n"


def with_table(page: str) -> str:
    """Return the page with today's table below its heading, in place of the one there."""
    before, heading, rest = page.partition(HEADING)
    lines = rest.lstrip("\n").split("\n")
    after = next(at for at, line in enumerate(lines) if not line.startswith("|"))
    return "\n".join([f"{before}{heading}", *markdown(), *lines[after:]])


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text()))
