"""The source tree as the rules see it: modules with their text and syntax, and every text file."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("services", "shared", "sentuh", "tests", "bench")
SERVICES = ("intake", "router", "qa", "payout")

# What tools and the embedded stack leave in a working tree; none of it is the project's text.
NOT_OURS = frozenset({".git", ".venv", "__pycache__", "build", "dist", "var"})
BINARY = frozenset({".png", ".gz", ".pyc", ".jar", ".npz"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file: its path from the root, in slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, self.path)

    @property
    def parts(self) -> tuple[str, ...]:
        """The path without its suffix: ("services", "router", "fold")."""
        return Path(self.path).with_suffix("").parts

    @property
    def is_test(self) -> bool:
        """Whether it is part of the tests, where pytest's fixtures are parameters."""
        return self.parts[0] == "tests"

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def strings(self) -> Iterator[ast.Constant]:
        """Every string constant, docstrings too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of our packages."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple(_module(path) for path in paths if not NOT_OURS & set(path.parts))


def module(path: str) -> Module:
    """The Python file at `path` from the root."""
    return _module(ROOT / path)


def code_and_comments(module: Module) -> tuple[int, int]:
    """Lines of code, and lines that are only a comment; docstrings and blank lines are neither."""
    docstrings: set[int] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Module | ast.ClassDef | Function) and ast.get_docstring(node):
            docstrings |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    lines = [
        line.strip()
        for number, line in enumerate(module.text.splitlines(), 1)
        if number not in docstrings and line.strip()
    ]
    comments = sum(line.startswith("#") for line in lines)
    return len(lines) - comments, comments


def services() -> list[Path]:
    """The directories of the services that are there."""
    return sorted(path.parent for path in (ROOT / "services").glob("*/__init__.py"))


def text_files() -> Iterator[tuple[str, str]]:
    """Path and text of every file of the project a person would read."""
    for path in sorted(ROOT.rglob("*")):
        inner = path.relative_to(ROOT)
        hidden = any(part in NOT_OURS or part.endswith("_cache") for part in inner.parts)
        if hidden or inner.parts[0] == ".hypothesis" or not path.is_file():
            continue
        if path.suffix not in BINARY:
            yield inner.as_posix(), path.read_text(errors="replace")


def _module(path: Path) -> Module:
    return Module(path.relative_to(ROOT).as_posix(), path.read_text())
