"""Checks the conditions of `review_if` and the lists of `always_review`, each fault with its fix.

The compiler says where a condition is wrong; what an operator is to do about it is said here.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from services.intake.catalog.file import Fault
from services.intake.catalog.gate_rules import AlwaysReview, GateRule
from services.intake.catalog.rows import TaskType
from services.intake.conditions.expressions import (
    Condition,
    ConditionError,
    compiled,
    problem_with_patterns,
    without_quoted,
)
from services.intake.conditions.facts import facts_for

_UNKNOWN = re.compile(r"undeclared reference to '([\w.]+)'")
_OPERANDS = re.compile(r"applied to '(\(.*\))'")
_NUMBER = r"(\d+\.\d+|\.\d+|\d+)"
_ON_0_TO_1 = re.compile(
    rf"(?<![\w.])(confidence|margin)\s*[<>=!]=?\s*{_NUMBER}"
    rf"|{_NUMBER}\s*[<>=!]=?\s*(confidence|margin)(?!\w)"
)
_FIELD = re.compile(r"(?<![\w.])fields\s*(?:\.\s*(\w+)|\[\s*['\"]([^'\"]*)['\"]\s*\])")
_OPERATORS: Mapping[str, str] = {"and": "&&", "or": "||", "not": "!"}


def faults_of_conditions(row: TaskType) -> Iterator[Fault]:
    """Yield what is wrong with a task type's conditions and lists, each with its place.

    Example: `confidense < 0.9` is `there is no fact confidense`, with the fix `did you mean
    confidence?`.
    """
    gate = getattr(row, "gate", None)
    if gate is None:
        return
    for at, text in enumerate(getattr(gate, "review_if", ())):
        for fault, fix in _of_condition(row, gate, at, text):
            yield ("gate", "review_if", at), fault, fix
    always = getattr(gate, "always_review", None)
    if always is not None:
        yield from _of_lists(row, always)


def _of_condition(row: TaskType, gate: GateRule, at: int, text: str) -> Iterator[tuple[str, str]]:
    try:
        condition = compiled(text, row.kind)
    except ConditionError as error:
        yield _worded(error, text, row.kind)
        return
    if text in gate.review_if[:at]:
        yield "is listed twice", "list it once"
    if not condition.facts:
        yield "names no fact, so it is the same for every output", _facts(row.kind)
    problem = problem_with_patterns(text)
    if problem is not None:
        yield problem, "write a regular expression of RE2, as '^[0-9]+$'"
    yield from _off_scale(text)
    yield from _unknown_fields(row, condition)


def _off_scale(text: str) -> Iterator[tuple[str, str]]:
    """Yield a number that `confidence` or `margin` is compared with and can never reach."""
    for match in _ON_0_TO_1.finditer(without_quoted(text)):
        name, number = (match[1], match[2]) if match[1] else (match[4], match[3])
        if float(number) > 1:
            fix = f"write {float(number) / 100:g}" if float(number) <= 100 else "write 1.0 or less"
            yield f"{name} is on 0 to 1, and {number} is not", fix


def _unknown_fields(row: TaskType, condition: Condition) -> Iterator[tuple[str, str]]:
    """Yield fields that the records of the task type have not."""
    if row.ANSWER_FORM != "fields" or not hasattr(row, "fields"):
        return
    names = row.field_names
    for dotted, quoted in _FIELD.findall(condition.text):
        name = dotted or quoted
        if name not in names:
            near = get_close_matches(name, names, 1)
            fix = f"did you mean {near[0]}?" if near else f"use one of {', '.join(names)}"
            yield f"the record has no field {name}", fix


def _worded(error: ConditionError, text: str, kind: str) -> tuple[str, str]:
    """Return what is wrong with a condition that cannot be compiled, and how to correct it."""
    unknown = _UNKNOWN.search(error.fault)
    if unknown is not None:
        return _of_unknown(unknown[1], text, kind)
    operands = _OPERANDS.search(error.fault)
    if operands is not None:
        return f"at {error.column}: types differ: {operands[1]}", _types_fix(operands[1])
    if "no truth value" in error.fault:
        return error.fault, "compare it with something, as margin < 0.2"
    if "Syntax error" in error.fault:
        return f"at {error.column}: it is no condition in CEL", _syntax_fix(text)
    return f"at {error.column}: {error.fault}", "correct it"


def _of_unknown(name: str, text: str, kind: str) -> tuple[str, str]:
    facts = facts_for(kind)
    if re.search(rf"(?<!\w){re.escape(name)}\s*\(", without_quoted(text)):
        fix = "use size, contains, startsWith, endsWith, matches, exists or all"
        return f"there is no function {name}", fix
    near = get_close_matches(name, facts, 1)
    return f"there is no fact {name}", f"did you mean {near[0]}?" if near else _facts(kind)


def _facts(kind: str) -> str:
    return f"name some of {', '.join(facts_for(kind))}"


def _types_fix(operands: str) -> str:
    if "double" in operands and "int" in operands:
        return "write both with a point, as 1.0, or both without"
    if "bool" in operands:
        return "use a truth value as it is: refused, or !refused"
    if "string" in operands and ("double" in operands or "int" in operands):
        return "compare a number with a number, without quotes, and text with text"
    return "compare what is of one type"


def _syntax_fix(text: str) -> str:
    plain = without_quoted(text)
    for word, sign in _OPERATORS.items():
        if re.search(rf"(?<![\w.]){word}(?!\w)", plain):
            return f"write {sign} for {word}"
    if re.search(r"(?<![=<>!])=(?!=)", plain):
        return "write == to compare"
    if "%" in plain:
        return "write 0.9 for 90 %"
    if "'" in plain or '"' in plain:
        return "close the quotes"
    if plain.count("(") != plain.count(")"):
        return "close the brackets"
    return "write a condition, as margin < 0.2 && language == 'id'"


def _of_lists(row: TaskType, always: AlwaysReview) -> Iterator[Fault]:
    entries = {name: getattr(always, name, ()) for name in AlwaysReview.model_fields}
    for name, listed in entries.items():
        for at, entry in enumerate(listed):
            if entry in listed[:at]:
                fault, fix = f"{entry} is listed twice", "list it once"
                yield ("gate", "always_review", name, at), fault, fix
    known = _labels(row)
    for at, answer in enumerate(entries["answers"]):
        if known is not None and answer not in known:
            near = get_close_matches(answer, known, 1)
            fix = f"did you mean {near[0]}?" if near else f"use one of {', '.join(known[:20])}"
            yield ("gate", "always_review", "answers", at), f"{answer} is no option", fix


def _labels(row: TaskType) -> list[str] | None:
    """Return the labels and aliases that may be answered; None where answers are no options."""
    options = getattr(row, "options", None)
    if options is None:
        return None
    return [name for option in options for name in (option.label, *option.aliases)]
