"""Finds the clause of a gate that sends an output to people: of its lists, then its conditions."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from services.intake.catalog.gate_rules import AlwaysReview
from services.intake.catalog.rows import TaskType
from services.intake.conditions.expressions import Condition, compiled
from services.intake.conditions.facts import Value
from shared.contracts.events.fired_clause import FiredClause
from shared.contracts.events.parts import Output
from shared.contracts.language_names import tag_of
from shared.contracts.languages import canonical, serves
from shared.contracts.question import text_of

VALUE_CHARACTERS_MAX = 100
"""A longer value of a fact is cut off where a task says which clause fired."""

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_BLANK = re.compile(r"(?:\\ |\s)+")
_BLANKS = r"\\s+"


def fired_clause(output: Output, row: TaskType) -> FiredClause | None:
    """Return the first clause of a task type's gate that this output meets; None if it meets none.

    A condition that cannot be computed counts as met, for nothing is waived that was not
    understood: a fact may be missing, or a field of a record of another type than thought.
    Example: `margin < 0.2` fires with `margin` 0.04.
    """
    if row.gate is None:
        return None
    if row.gate.always_review is not None:
        for clause in _listed(output, row, row.gate.always_review):
            return clause
    return _of_conditions(output, row.gate.review_if, row.kind)


def _of_conditions(output: Output, texts: Sequence[str], kind: str) -> FiredClause | None:
    for at, text in enumerate(texts):
        condition = compiled(text, kind)
        result = condition.of(output)
        if result is not False:
            values = condition.values(output)
            problem = _problem(condition, values, result) if isinstance(result, str) else None
            shown = {name: _shown(value) for name, value in values.items()}
            rule = f"review_if[{at}]"
            fields = {"rule": rule, "text": text, "values": shown, "problem": problem}
            return FiredClause.made(fields)
    return None


def _problem(condition: Condition, values: dict[str, Value], result: str) -> str:
    """Return why the condition cannot be computed; of the library's words only a missing key."""
    missing = [name for name, _ in condition.facts if name not in values]
    if missing:
        return f"the output has no {' and no '.join(missing)}"
    return result[:VALUE_CHARACTERS_MAX]


def _shown(value: Value) -> bool | int | float | str:
    if isinstance(value, (bool, int, float)):
        return value
    text = text_of(value)
    return text if len(text) <= VALUE_CHARACTERS_MAX else text[: VALUE_CHARACTERS_MAX - 1] + "…"


def _listed(output: Output, row: TaskType, always: AlwaysReview) -> Iterator[FiredClause]:
    """Yield the entries of the lists that the output is in."""
    answers = _answers(output, row)
    for rule, entries in (
        ("answers", [one for one in always.answers if one in answers]),
        ("models", [one for one in always.models if one == output.model]),
        ("languages", [one for one in always.languages if _speaks(output.language, one)]),
        ("words", _words(always.words, output.text or "")),
    ):
        for entry in entries:
            yield FiredClause(rule=f"always_review.{rule}", text=entry)


def _answers(output: Output, row: TaskType) -> set[str]:
    """Return the model's answers as it put them, and as the options they stand for."""
    own = row.own_answer(output)
    both = [output.answer, *(own if isinstance(own, list) else [own])]
    if isinstance(output.answer, list):
        both += output.answer
    return {text_of(answer) for answer in both if answer is not None}


def _speaks(language: str | None, listed: str) -> bool:
    """Whether the language is the listed one, or a form of it: en-US is listed by en or English."""
    if language is None:
        return False
    return serves([canonical(tag_of(language))], canonical(tag_of(listed)))


def _words(words: tuple[str, ...], text: str) -> list[str]:
    if not words or not text:
        return []
    match = _pattern(words).search(_plain(text))
    if match is None:
        return []
    return [word for word in words if _pattern((word,)).fullmatch(match[0])] or [match[0]]


def _plain(text: str) -> str:
    """Return a text as it looks: letters in one form each (NFKC), without invisible characters."""
    return text if text.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    some = "|".join(_BLANK.sub(_BLANKS, re.escape(_plain(word))) for word in words)
    return re.compile(rf"(?<!\w)(?:{some})(?!\w)", re.IGNORECASE)
