"""Says what a field takes, for each kind of error that pydantic finds, in words for its sender.

pydantic's own messages speak of Python (`tuple`, `instance of Stated`) and quote patterns. Example:
`list_type` is "a list", and `too_long` with the bound 5 is "at most 5 of them".
"""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import StringConstraints

Context = Mapping[str, Any]

_WHOLE, _NUMBER, _TRUTH = "a whole number (an integer)", "a number", "true or false"
_TIME = "a time as RFC 3339 writes it, with its offset"
_BY_TYPE: Mapping[str, str] = {
    "string": "text",
    "int": _WHOLE,
    "float": _NUMBER,
    "finite": "a finite number",
    "decimal": _NUMBER,
    "bool": _TRUTH,
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "dict": "an object",
    "mapping": "an object",
    "model": "an object",
    "dataclass": "an object",
    "datetime": _TIME,
    "timezone": _TIME,
    "none": "null",
    "url": "a URL",
}
"""What a field takes, by the first word of the error's kind."""
_BY_BOUND: Mapping[str, Callable[[Context], str]] = {
    "greater_than": lambda bound: f"a number greater than {bound['gt']:g}",
    "greater_than_equal": lambda bound: f"a number greater than or equal to {bound['ge']:g}",
    "less_than": lambda bound: f"a number less than {bound['lt']:g}",
    "less_than_equal": lambda bound: f"a number less than or equal to {bound['le']:g}",
    "literal_error": lambda choice: str(choice["expected"]),
    "enum": lambda choice: str(choice["expected"]),
    "string_too_long": lambda bound: f"at most {_characters(bound['max_length'])}",
    "string_too_short": lambda bound: f"at least {_characters(bound['min_length'])}",
    "too_long": lambda bound: f"at most {bound['max_length']} of them",
    "too_short": lambda bound: f"at least {bound['min_length']} of them",
}
_BY_PATTERN: dict[str, str] = {}


def written_as(pattern: str, words: str, *, characters_max: int | None = None) -> StringConstraints:
    """Return what pydantic holds text to: a pattern, which messages give in these words.

    Example: `written_as("^[A-Z]{3}$", "three capital letters")`.
    """
    _BY_PATTERN[pattern] = words
    return StringConstraints(pattern=pattern, max_length=characters_max)


def _characters(count: int) -> str:
    return f"{count} character" if count == 1 else f"{count} characters"


def taken_by(kind: str, context: Context) -> str | None:
    """Return what a field takes, by the kind and context of pydantic's error; None if not known.

    It follows "send" or "write". Example: `taken_by("too_long", {"max_length": 5})` is
    "at most 5 of them".
    """
    if kind == "string_pattern_mismatch":
        return _BY_PATTERN.get(str(context["pattern"]))
    bound = _BY_BOUND.get(kind)
    return bound(context) if bound else _BY_TYPE.get(kind.partition("_")[0])
