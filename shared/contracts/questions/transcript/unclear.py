"""The parts of a recording that nobody can understand: pairs of seconds, as answers list them."""

from math import isfinite
from typing import Any

from pydantic import JsonValue

PARTS_MAX = 2_000
SECONDS_MAX = 86_400
_FORM = 'list "unclear" as pairs of seconds: [[3.2, 4.0]]'


def problem_with_unclear(unclear: JsonValue) -> str | None:
    """Return what to do about a list that is none of pairs of seconds; None for no list."""
    if unclear is None:
        return None
    if not isinstance(unclear, list):
        return _FORM
    if len(unclear) > PARTS_MAX:
        return f'"unclear" lists {len(unclear)} parts: send {PARTS_MAX} at most'
    return next((p for at, part in enumerate(unclear) if (p := _problem(at, part))), None)


def merged(unclear: JsonValue) -> JsonValue:
    """Return the parts sorted by their start, those that touch or overlap as one.

    `unclear` has no problem. Example: `[[3, 5], [1, 4]]` becomes `[[1.0, 5.0]]`.
    """
    parts: list[tuple[float, float]] = []
    for start, end in sorted(_seconds(part) for part in unclear or ()):  # type: ignore[union-attr]
        if parts and start <= parts[-1][1]:
            parts[-1] = (parts[-1][0], max(end, parts[-1][1]))
        else:
            parts.append((start, end))
    return [[start, end] for start, end in parts]


def _seconds(part: Any) -> tuple[float, float]:
    start, end = part
    return float(start), float(end)


def _problem(at: int, part: JsonValue) -> str | None:
    if not isinstance(part, list) or len(part) != 2 or not all(map(_is_time, part)):
        return f"{_FORM}; entry {at} is no pair of seconds from 0 to {SECONDS_MAX}"
    start, end = _seconds(part)
    if end <= start:
        return f'"unclear" entry {at} ends at {end:g} and starts at {start:g}: put the start first'
    return None


def _is_time(value: JsonValue) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    # Comparing whole numbers first: one of a thousand digits has no form as a float.
    return (
        isfinite(value) and 0 <= value <= SECONDS_MAX
        if isinstance(value, float)
        else (0 <= value <= SECONDS_MAX)
    )
