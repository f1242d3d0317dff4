"""Files that still break a rule: lists that only shrink, one a directory, and the command for it.

`python -m tests.architecture.unfinished` writes them anew from what the rules find.
"""

from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent


def unfinished(rule: str) -> set[str]:
    """Paths of the files that still break the rule of this name."""
    lines = (line.split() for path in HERE.glob("*.txt") for line in path.read_text().splitlines())
    return {path for name, path in lines if name == rule}


def list_of(path: str) -> str:
    """The list a file is kept on: one each for those who work on different parts."""
    parts = path.split("/")
    return f"{'-'.join(parts[: 2 if parts[0] != 'sentuh' else 1])}.txt"


def write(broken: Iterable[tuple[str, str]]) -> None:
    """Write every list anew from pairs of rule and path; an empty one goes."""
    lists: dict[str, list[str]] = {}
    for rule, path in sorted(set(broken)):
        lists.setdefault(list_of(path), []).append(f"{rule} {path}\n")
    for old in HERE.glob("*.txt"):
        old.unlink()
    for name, lines in lists.items():
        (HERE / name).write_text("".join(lines))
