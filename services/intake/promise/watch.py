"""Notices that a model became worse: the newest audited outputs against the promise.

A cumulative sum over the newest verdicts, from whichever of them speaks most clearly (Page, 1954).
Betting makes it a detector without assumptions on what comes after: on a model that is wrong at
most 0.7 times as often as allowed it sounds at most once in 500 audited outputs on average, by the
proof (Shin, Ramdas and Rinaldo, "E-detectors", New England J. Stat. Data Sci., 2024), and truly
more seldom: `python -m bench.gate`. The bets are on about twice, three and five times the bound.

What is kept are the newest 512 by the time their output came: in any order, any number of times,
the same remain. The bound on false alarms is exact where verdicts come in the order of outputs.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import log

from services.intake.promise.wealth import pooled
from shared.contracts.chance import hash_of_text

NEWEST_MAX = 512
HEALTHY = 0.7
PATIENCE = 500
SUSPICION = 30
PRUDENT_OF, PRUDENT_SHARE = 128, 0.9
TIMES_WORSE = (2, 3, 5)
_NAME_BITS = 21


def entry(at_ms: int, name: str, *, wrong: bool) -> int:
    """Return one audited output as an integer below 2**64, which sorts by its time.

    `at_ms`: milliseconds since 1970 when the gate decided. `name`: the output's, so that two of one
    millisecond differ. The lowest bit says that it was wrong.
    """
    return ((at_ms << _NAME_BITS | hash_of_text(name, _NAME_BITS)) << 1) | wrong


def with_entries(newest: Iterable[int], more: Iterable[int]) -> tuple[int, ...]:
    """Return the newest of both, in order of time; an entry that is there changes nothing."""
    return tuple(sorted({*newest, *more})[-NEWEST_MAX:])


def is_alarm(newest: Sequence[int], bound: float) -> bool:
    """Return whether the newest outputs show that more than `bound` are wrong now."""
    return worsening(newest, bound) >= log(PATIENCE)


def is_suspicion(newest: Sequence[int], bound: float) -> bool:
    """Return whether people should see every output until it is clear what the newest mean.

    So it is where of the newest 128, taken as they are, more than 0.9 of the allowed were wrong, or
    where the evidence is a wealth of 30. A slow change is stopped by this before it is proved.
    """
    latest = newest[-PRUDENT_OF:]
    if len(latest) == PRUDENT_OF:
        wrong = sum(one & 1 for one in latest)
        if wrong > PRUDENT_SHARE * bound * PRUDENT_OF:
            return True
    return worsening(newest, bound) >= log(SUSPICION)


def worsening(newest: Sequence[int], bound: float) -> float:
    """Return the logarithm of the evidence, from the wrong output on that speaks most clearly."""
    steps, highest = _steps(bound), 0.0
    backwards = [count for count, one in enumerate(reversed(newest), 1) if one & 1]
    for wrong, count in enumerate(backwards, 1):
        totals = [(count - wrong) * if_right + wrong * if_wrong for if_right, if_wrong in steps]
        highest = max(highest, pooled(totals) - log(len(steps)))
    return highest


@lru_cache(maxsize=1024)
def _steps(bound: float) -> tuple[tuple[float, float], ...]:
    """Return for each rival error what a right and a wrong output add."""
    healthy = HEALTHY * bound
    rivals = [1 - (1 - bound) ** times for times in TIMES_WORSE]
    return tuple((log((1 - one) / (1 - healthy)), log(one / healthy)) for one in rivals)
