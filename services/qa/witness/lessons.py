"""Packs what one verdict teaches of a model into twelve letters, of which the newest are kept.

The letters say when the verdict was reached, which task and which model it was, which answer, and
how probable people alone made that. They sort by time, then by task, so that `keep_highest` keeps
the newest, whatever the order of folding. Models whose names fall into one bucket share its room:
those not used for longest are forgotten first. So a sender who makes up a name for each record
takes room from others, for as long as it lasts, and never their lessons' meaning.
"""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from services.qa import keys
from services.qa.letters import LETTERS, SECONDS_BITS, VALUES, letters_of, seconds_of
from services.qa.witness.kept import name_of
from shared.contracts.chance import hash_of_text
from shared.contracts.events.verdicts import Witness
from shared.contracts.question import Answer, kept

EACH = 64
"""Lessons in one field; twice as many are kept in a bucket."""
_TASK_BITS, _MODEL_BITS, _SAID_BITS, _RIGHT_BITS = 12, 18, 6, 6
_LENGTH = (SECONDS_BITS + _TASK_BITS + _MODEL_BITS + _SAID_BITS + _RIGHT_BITS) // 6
_MODEL = slice((SECONDS_BITS + _TASK_BITS) // 6, (SECONDS_BITS + _TASK_BITS + _MODEL_BITS) // 6)
_FULL = 2**_RIGHT_BITS - 1


class Lesson(NamedTuple):
    """A letter for what a model had answered, and how probable (0..1) people alone made that."""

    said: str
    right: float


def entry_of(at: datetime, task_id: str, witness: Witness) -> str:
    """Return what a verdict teaches of its witness as letters; a later verdict's sort higher."""
    number = seconds_of(at)
    for bits, value in (
        (_TASK_BITS, hash_of_text(task_id, _TASK_BITS)),
        (_MODEL_BITS, _model(witness.model, witness.version)),
        (_SAID_BITS, hash_of_text(kept(witness.answer), _SAID_BITS)),
        (_RIGHT_BITS, round((witness.right_milli or 0) / 1000 * _FULL)),
    ):
        number = (number << bits) + value
    return letters_of(number, _LENGTH)


@lru_cache(maxsize=512)
def lessons_of(text: str, model: str, version: str) -> tuple[Lesson, ...]:
    """Return the lessons of one model among those of its bucket, the newest first."""
    name = letters_of(_model(model, version), _MODEL_BITS // 6)
    entries = (text[at : at + _LENGTH] for at in range(0, len(text), _LENGTH))
    return tuple(
        Lesson(entry[-2], VALUES[entry[-1]] / _FULL) for entry in entries if entry[_MODEL] == name
    )


def is_full(text: str) -> bool:
    """Return whether a bucket has no room: its next lesson pushes out an older one."""
    return len(text) >= EACH * len(keys.LESSONS) * _LENGTH


def is_shared(text: str) -> bool:
    """Return whether the lessons of a bucket are of several models."""
    return len({text[at : at + _LENGTH][_MODEL] for at in range(0, len(text), _LENGTH)}) > 1


def letter_of(answer: Answer) -> str:
    """Return the letter that stands for an answer in a lesson; two of many answers may share it."""
    return LETTERS[hash_of_text(kept(answer), _SAID_BITS)]


def _model(model: str, version: str) -> int:
    return hash_of_text(f"model\x1f{name_of(model, version)}", _MODEL_BITS)
