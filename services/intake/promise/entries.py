"""Packs numbers of eight bytes as text, and says which verdicts were counted before.

A verdict is counted once, however often it stands on its topic, also after a loss of all state: of
each partition the newest 32 are kept with what they taught, and one that is older than all of these
is none to count. Within a partition verdicts come in about the order of their times; what comes so
late, whatever it says, is left out.
"""

import base64
from bisect import insort
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.intake.promise.watch import entry
from shared.contracts.partitions import partition_of
from shared.contracts.topics import VERDICTS
from shared.pattern.clock import to_ms

KEPT_MAX = 32
_BYTES = 8


def packed(numbers: Iterable[int]) -> str:
    """Return numbers below 2**64 as text; `unpacked` undoes it."""
    return base64.b64encode(b"".join(one.to_bytes(_BYTES) for one in numbers)).decode()


def unpacked(text: str) -> tuple[int, ...]:
    """Return the numbers of which `packed` made this text."""
    raw = base64.b64decode(text)
    return tuple(int.from_bytes(raw[at : at + _BYTES]) for at in range(0, len(raw), _BYTES))


def with_verdict(
    counted: Sequence[str], task_id: str, reached_at: datetime
) -> tuple[str, ...] | None:
    """Return the verdicts counted by partition with this one more; None if it is not to be counted.

    That is so if it was counted before, or came too late to tell. `counted` are texts of `packed`.
    """
    number = entry(to_ms(reached_at), task_id, wrong=False)
    at = partition_of(task_id, VERDICTS.partitions)
    texts = [*counted, *[""] * (VERDICTS.partitions - len(counted))]
    newest = list(unpacked(texts[at]))
    if number in newest or (len(newest) >= KEPT_MAX and number < newest[0]):
        return None
    insort(newest, number)
    texts[at] = packed(newest[-KEPT_MAX:])
    return tuple(texts)
