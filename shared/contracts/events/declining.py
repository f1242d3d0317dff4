"""Why a worker gives a seat back: a closed list of reasons, and a note in their own words."""

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

NOTE_CHARACTERS_MAX = 500

DeclineReason = Literal[
    "media_unusable",
    "output_unreadable",
    "question_unclear",
    "no_option_fits",
    "wrong_language",
    "not_my_skill",
    "conflict_of_interest",
    "personal_data",
    "harmful_content",
    "no_time",
    "other",
]
"""Closed, so that it may label a metric. Reasons about the item come first, then the person's."""

REASONS: tuple[str, ...] = get_args(DeclineReason)


def _listed(value: object) -> object:
    """Return a reason of the list; else raise PydanticCustomError with the whole list."""
    if value is None or value in REASONS:
        return value
    fix = "send one of {reasons}, and the worker's own words as note"
    raise PydanticCustomError("invalid_field", fix, {"reasons": ", ".join(REASONS)})


StatedReason = Annotated[DeclineReason | None, BeforeValidator(_listed)]
"""A reason as a worker app sends it; none is fine."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""All control characters but newline and tab."""


def _note(text: str) -> str:
    """Return a note as it was sent.

    Raises PydanticCustomError for a note of blanks alone, and for control characters: they steer
    the terminal of whoever reads the note.
    """
    if not text.strip():
        raise PydanticCustomError("invalid_field", "is blank: say something, or leave it out")
    control = _CONTROL.search(text)
    if control:
        at = {"at": control.start() + 1}
        fix = "character {at} is a control character: send text, newlines and tabs"
        raise PydanticCustomError("invalid_field", fix, at)
    return text


Note = Annotated[
    str,
    StringConstraints(min_length=1, max_length=NOTE_CHARACTERS_MAX),
    AfterValidator(_note),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": NOTE_CHARACTERS_MAX,
            "pattern": r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$",
        }
    ),
]
"""Free text, which may be personal: it is in no log, no metric and no header."""
