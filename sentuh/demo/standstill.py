"""Tells a part that is slow from one that stands still, so that a busy machine ends no run."""

import re
from pathlib import Path

STILL_SECONDS = 120.0
"""For so long nothing may move before a run gives up."""
LOOK_SECONDS_MAX = 1.0

_NUMBERS = re.compile(r"\d+")


class Standstill:
    """Counts the seconds in which nothing moved, from one look to the next.

    A look that comes late counts for one second at most: who looks was held up then, and so was
    what it looks at. Example: looks at "a" at 0, 1 and 9 s count 2 s, and one at "b" counts 0 s.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._sight: object = None
        self._at: float | None = None

    def look(self, sight: object, at: float) -> bool:
        """Compare with the last look; return whether nothing has moved for `STILL_SECONDS`."""
        if self._at is None or sight != self._sight:
            self.seconds = 0.0
        else:
            self.seconds += min(at - self._at, LOOK_SECONDS_MAX)
        self._sight, self._at = sight, at
        return self.seconds >= STILL_SECONDS


def kinds_of_lines(log: Path) -> int:
    """Count the lines of a log that differ in more than numbers.

    A process that tries the same again and again says the same again and again, and is no further.
    Example: "try 1", "try 2" and "done" are two.
    """
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return len({_NUMBERS.sub("", line) for line in lines})


def cpu_ticks(pid: int) -> int:
    """Return the CPU time a process has used, in the system's ticks; 0 where it does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    # The name, in parentheses, may hold blanks; user and system time are 12th and 13th after it.
    fields = stat.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
