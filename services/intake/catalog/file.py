"""The catalog's YAML as plain data that remembers on which line each field stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.parser import ParserError
from yaml.scanner import ScannerError

from shared.contracts.errors import SettingError

FILE_BYTES_MAX = 1024 * 1024

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]
FieldPath = tuple[str | int, ...]
Fault = tuple[FieldPath, str, str]
"""Where, what is wrong, and the fix."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a catalog: where, what, and what to do."""

    file: str
    line: int
    field: str
    fault: str
    fix: str

    def __str__(self) -> str:
        """As compilers print it, so that editors can jump there."""
        return f"{self.file}:{self.line}: {self.field}: {self.fault}; {self.fix}"


class CatalogError(SettingError):
    """The catalog cannot be used; `problems` are all that was found, by line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.line, problem.field))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and on which line; `twice` are keys given twice, of which the first is
    taken.
    """

    file: str
    data: Value
    lines: Mapping[FieldPath, int]
    twice: tuple[Problem, ...] = ()

    def problem(self, path: FieldPath, fault: str, fix: str) -> Problem:
        """A problem with a field, on its line or that of the nearest field around it."""
        found = next(
            (
                self.lines[path[:size]]
                for size in range(len(path), 0, -1)
                if path[:size] in self.lines
            ),
            1,
        )
        return Problem(self.file, found, named(path), fault, fix)


def named(path: FieldPath) -> str:
    """A field path as people write it: `task_types.digits.options[3].label`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "catalog"


def read(path: Path) -> Document:
    """The file's data; raises CatalogError where it is no YAML we take.

    Keys are text as written, dates too. Anchors and aliases are refused, and a key twice is a
    fault: what stands in the file is what holds, for a reader who looks at one place.
    """
    file = str(path)
    try:
        return _document(file, _text(path))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        fault = error.problem or "this is no YAML"
        fix = _mended(error, line)
        raise CatalogError([Problem(file, line, "catalog", fault, fix)]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        fault, fix = "this is no YAML text in UTF-8", "save it as UTF-8 and plain YAML"
        raise CatalogError([Problem(file, 1, "catalog", fault, fix)]) from error


def _mended(error: yaml.MarkedYAMLError, line: int) -> str:
    """A scanner or parser notices what lacks on one line by what it meets on the next."""
    may_be_above = line > 1 and isinstance(error, (ScannerError, ParserError))
    return "correct this line or the one before" if may_be_above else "correct this line"


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        fault = f"the file cannot be read ({error.strerror})"
        fix = "name an existing catalog file"
        raise CatalogError([Problem(str(path), 1, "catalog", fault, fix)]) from error
    if len(raw) > FILE_BYTES_MAX:
        fault = f"the file is over {FILE_BYTES_MAX} bytes"
        raise CatalogError([Problem(str(path), 1, "catalog", fault, "split the catalog")])
    return raw.decode("utf-8")


def _document(file: str, text: str) -> Document:
    reader = _YamlReader(file, text)
    try:
        return reader.document()
    finally:
        reader.dispose()


class _YamlReader(yaml.SafeLoader):
    """Composes nodes and turns them into plain data, noting lines and keys given twice."""

    def __init__(self, file: str, text: str) -> None:
        super().__init__(text)
        self._file = file
        self._lines: dict[FieldPath, int] = {}
        self._twice: list[Problem] = []

    def document(self) -> Document:
        node = self.get_single_node()
        data = None if node is None else self._value(node, ())
        return Document(self._file, data, self._lines, tuple(self._twice))

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: yaml.NodeEvent = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            problem = "anchors and aliases are not taken: write it out here"
            mark: Any = event.start_mark
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
        return super().compose_node(parent, index)

    def _value(self, node: yaml.Node, path: FieldPath) -> Value:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, at)) for at, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: FieldPath) -> Value:
        found: dict[str, Value] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in found:
                fix = f"keep one of them (the first is on line {self._lines[(*path, key)]})"
                field = named((*path, key))
                self._twice.append(Problem(self._file, line, field, "is given twice", fix))
                continue
            self._lines[(*path, key)] = line
            found[key] = self._value(value_node, (*path, key))
        return found

    def _scalar(self, node: yaml.Node) -> Value:
        value = self.construct_object(node)
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        return str(node.value)
