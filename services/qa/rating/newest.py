"""Packs one lesson about a worker into seven letters, of which the newest few are kept.

The letters say when the verdict was reached, which task it was, and how much the others agreed.
They sort as the lessons do, by time and then by task, so that `keep_highest` keeps the newest: the
same ones in whatever order verdicts are folded, and however often.
"""

from collections.abc import Mapping
from datetime import datetime

from services.qa import keys
from services.qa.agreement.reliability import AGREED_MILLI, ANSWERS
from services.qa.letters import VALUES, letters_of, seconds_of
from shared.contracts.chance import hash_of_text
from shared.state import highest

EACH = 8
KEPT = EACH * len(keys.NEWEST)
"""Lessons that are kept of each worker and task type."""
LENGTH = 7
_TASK_BITS, _SHARE_BITS = 7, 5
_FULL = 2**_SHARE_BITS - 1


def entry_of(at: datetime, task_id: str, lesson: Mapping[str, int]) -> str:
    """Return a lesson as LENGTH letters; a later verdict's sort higher.

    Of two verdicts of one second the order follows from a hash of the task's id.
    """
    task = hash_of_text(task_id, _TASK_BITS)
    number = ((seconds_of(at) << _TASK_BITS) + task) << _SHARE_BITS
    return letters_of(number + round(share_of(lesson) * _FULL), LENGTH)


def share_of(lesson: Mapping[str, int]) -> float:
    """Return how probable the others made the worker's answer, 0..1."""
    return min(1.0, lesson.get(AGREED_MILLI, 0) / 1000 / max(1, lesson.get(ANSWERS, 0)))


def read_entries(text: str) -> list[float]:
    """Return how probable the others made each answer (0..1), the newest first."""
    # The last letter alone holds the share, below one bit of the task.
    last = range(LENGTH - 1, len(text), LENGTH)
    return [(VALUES[text[at]] & _FULL) / _FULL for at in last]


def text_with(text: str, entry: str) -> str:
    """Return what is kept once this entry was added: the KEPT newest, the newest first."""
    return highest.text_with(text, entry, most=KEPT)
