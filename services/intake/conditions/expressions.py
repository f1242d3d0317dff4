"""Compiles conditions in CEL and computes them; the one file that knows the CEL library.

CEL is specified at cel.dev: no loops but over what is there, no clock, no chance and no side
effect, so that a condition gives the same on every replica and after every replay.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from services.intake.conditions.facts import Fact, FactType, Value, facts_for, values_of
from services.intake.conditions.plain_terms import Term, plain_term
from shared.contracts.events.parts import Output
from shared.contracts.questions import KIND_IF_NONE_IS_NAMED

_TYPES: dict[FactType, cel.Type] = {
    "double": cel.Type.DOUBLE,
    "int": cel.Type.INT,
    "bool": cel.Type.BOOL,
    "string": cel.Type.STRING,
    "map(string, double)": cel.Type.Map(cel.Type.STRING, cel.Type.DOUBLE),
    "any": cel.Type.DYN,
    "record": cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
}
_QUOTED = r"[rRbB]{0,2}(?:'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")"
_IN_QUOTES = re.compile(rf"{_QUOTED}|//[^\n]*", re.DOTALL)
_PATTERN = re.compile(rf"matches\s*\(\s*({_QUOTED})\s*\)", re.DOTALL)
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_POSITION = re.compile(r"<input>:(\d+):(\d+): ")
_STATUS = re.compile(r"^[A-Z_]+: ")


MISSING = "a fact is missing"
"""Why a plain condition cannot be computed: there is nothing else that it could fail at."""


class ConditionError(ValueError):
    """A condition cannot be compiled: `fault` is what the compiler says, `column` where, from 1."""

    def __init__(self, fault: str, column: int) -> None:
        super().__init__(fault)
        self.fault, self.column = fault, column


@dataclass(frozen=True, slots=True)
class Condition:
    """One compiled condition; `facts` are those that it names, `plain` computes a plain one."""

    text: str
    program: Any
    facts: tuple[tuple[str, Fact], ...]
    plain: Term | None = None

    def of(self, output: Output) -> bool | str:
        """Return what the condition is for an output, or why it cannot be computed."""
        if self.plain is None:
            return self.computed(self.values(output))
        result = self.plain(output)
        return MISSING if result is None else result

    def values(self, output: Output) -> dict[str, Value]:
        """Return what the condition's facts are for an output; one that it lacks is left out."""
        return values_of(output, self.facts)

    def computed(self, values: dict[str, Value]) -> bool | str:
        """Return what the library makes of these values, or why it cannot be computed."""
        try:
            result = self.program.eval(data=values).value()
        except (RuntimeError, TypeError, ValueError, OverflowError) as failure:
            result = failure
        # The library returns an error as a value, which counts as true in Python.
        return result if isinstance(result, bool) else _STATUS.sub("", str(result))


def without_quoted(text: str) -> str:
    """Return a condition with blanks in place of quoted text and comments, of the same length."""
    return _IN_QUOTES.sub(lambda quoted: " " * len(quoted[0]), text)


@lru_cache(maxsize=4096)
def compiled(text: str, kind: str) -> Condition:
    """Return a condition compiled for one kind of question; raises ConditionError.

    Example: `margin < 0.2` is compiled, `margin < "0.2"` is not.
    """
    facts = facts_for(kind)
    try:
        program = _environment(kind).compile(text)
    except RuntimeError as failure:
        raise _error(str(failure)) from None
    kept = program.return_type()
    if kept != cel.Type.BOOL:
        raise ConditionError(f"it gives {kept.name().lower()}, no truth value", 1)
    names = dict.fromkeys(_NAME.findall(without_quoted(text)))
    used = tuple((name, facts[name]) for name in names if name in facts)
    return Condition(text, program, used, plain_term(text, facts))


def problem_with_patterns(text: str) -> str | None:
    """Return what is wrong with a regular expression written out in a condition, or None.

    The compiler takes any text for one, and only computing with it shows that it is none.
    """
    for pattern in _PATTERN.findall(text):
        result = (
            _environment(KIND_IF_NONE_IS_NAMED)
            .compile(f"''.matches({pattern})")
            .eval(data={})
            .value()
        )
        if not isinstance(result, bool):
            return _STATUS.sub("", str(result))
    return None


@lru_cache(maxsize=64)
def _environment(kind: str) -> cel.Env:
    return cel.NewEnv(variables={name: _TYPES[fact.type] for name, fact in facts_for(kind).items()})


def _error(message: str) -> ConditionError:
    """Return the first thing that the compiler found, without its status and its arrow."""
    line = next((line for line in message.splitlines() if _POSITION.search(line)), message)
    at = _POSITION.search(line)
    fault = _POSITION.split(line)[-1].removesuffix("[INVALID_ARGUMENT]")
    fault = fault.replace("(in container '')", "").strip()
    return ConditionError(fault, int(at[2]) if at else 1)
