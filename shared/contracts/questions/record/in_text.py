"""Finds the record in what a language model wrote: the JSON object that its text is."""

import re

from shared.contracts.errors import Refused
from shared.contracts.question import Answer
from shared.contracts.strictjson import parse

TEXT_CHARACTERS_MAX = 100_000
_FENCED = re.compile(r"```(?:json)?[ \t]*\n(?P<inner>.*)\n[ \t]*```", re.DOTALL | re.IGNORECASE)


def record_in(text: str | None) -> Answer:
    """Return the JSON object that a text is, also between the marks of a code block; None if none.

    Nothing may stand around it, two equal keys are no object, and neither is NaN: what a model
    meant is not guessed. Example: `{"total": 12.5}` gives `{"total": 12.5}`, `Total: 12.5` None.
    """
    if text is None or len(text) > TEXT_CHARACTERS_MAX:
        return None
    inner = text.strip()
    fenced = _FENCED.fullmatch(inner)
    inner = fenced["inner"].strip() if fenced else inner
    if not inner.startswith("{"):
        return None
    try:
        value = parse(inner.encode())
    except (Refused, UnicodeEncodeError):
        return None
    return value if isinstance(value, dict) else None
