"""Reads the catalog's YAML as plain data, and remembers the line of each field."""

import re
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
_SURROGATE = re.compile("[\ud800-\udfff]")
FieldPath = tuple[str | int, ...]
Fault = tuple[FieldPath, str, str]
"""Path of a field, what is wrong with it, and how to correct it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a catalog file: where, what, and how to correct it."""

    file: str
    line: int
    field: str
    fault: str
    fix: str

    def __str__(self) -> str:
        """Return the problem as compilers print it, so that editors can jump to the line."""
        return f"{self.file}:{self.line}: {self.field}: {self.fault}; {self.fix}"


class CatalogError(SettingError):
    """The catalog cannot be used; `problems` holds everything that is wrong, sorted by line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.line, problem.field))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class Document:
    """A file's data, and the line of each of its fields.

    twice: problems for keys that occur twice in one mapping; the first value is used.
    Example: `lines[("skills",)]` is 3 if `skills:` is on the third line.
    """

    file: str
    data: Value
    lines: Mapping[FieldPath, int]
    twice: tuple[Problem, ...] = ()

    def problem(self, path: FieldPath, fault: str, fix: str) -> Problem:
        """Return a problem with the line of the field at `path`, or of the nearest one around."""
        line = next(
            (
                self.lines[path[:size]]
                for size in range(len(path), 0, -1)
                if path[:size] in self.lines
            ),
            1,
        )
        return Problem(self.file, line, named(path), fault, fix)


def named(path: FieldPath) -> str:
    """Write a field path as people do: `task_types.digits.options[3].label`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "catalog"


def read(path: Path) -> Document:
    """Return the data of a YAML file; raises CatalogError for broken or refused YAML.

    Keys and dates stay text as written. Anchors and aliases are refused, so that each place of the
    file shows all that holds there. A key that occurs twice is reported as a problem.
    Example: `<<: *defaults` is refused, with its line.
    """
    file = str(path)
    try:
        return _document(file, _text(path))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        fault = error.problem or "this is no YAML"
        fix = _fix_of(error, line)
        raise CatalogError([Problem(file, line, "catalog", fault, fix)]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        fault, fix = "this is no YAML text in UTF-8", "save it as UTF-8 and plain YAML"
        raise CatalogError([Problem(file, 1, "catalog", fault, fix)]) from error


def _fix_of(error: yaml.MarkedYAMLError, line: int) -> str:
    """Return how to correct a YAML error; a parser may notice it only on the next line."""
    may_be_above = line > 1 and isinstance(error, (ScannerError, ParserError))
    return "correct this line or the one before" if may_be_above else "correct this line"


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        fault = f"the file cannot be read ({error.strerror})"
        fix = "name a file that is there and may be read"
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
    """Turns YAML nodes into plain data, and notes each field's line and keys that occur twice."""

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
        fields: dict[str, Value] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            _refuse_half(key_node)
            line = key_node.start_mark.line + 1
            if key in fields:
                fix = f"keep one of them (the first is on line {self._lines[(*path, key)]})"
                field = named((*path, key))
                self._twice.append(Problem(self._file, line, field, "is given twice", fix))
                continue
            self._lines[(*path, key)] = line
            fields[key] = self._value(value_node, (*path, key))
        return fields

    def _scalar(self, node: yaml.Node) -> Value:
        value = self.construct_object(node)
        _refuse_half(node)
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        return str(node.value)


def _refuse_half(node: yaml.Node) -> None:
    """Raise for a text with half of a surrogate pair, which YAML can escape and JSON cannot."""
    if isinstance(node.value, str) and _SURROGATE.search(node.value):
        problem = "half of a surrogate pair is no character: write the character itself"
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
