"""Ends the children of a process that could not do it itself: kill -9, a crash, a lost terminal.

A parent starts one reaper and keeps the writing end of its standard input. Each line is `+pid`
(one more to look after) or `-pid` (ended already). When the pipe closes the parent is gone, and
the process groups still on the list are ended.
"""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable

GRACE_SECONDS = 5.0

_lock = threading.Lock()
_reapers: dict[int, "subprocess.Popen[bytes]"] = {}


def watch(pid: int) -> None:
    """End the process group `pid` should this process vanish."""
    _tell(f"+{pid}\n")


def forget(pid: int) -> None:
    """Say that the process group `pid` has ended; its number may soon be another's."""
    _tell(f"-{pid}\n")


def main() -> None:
    """Read until the parent is gone, then end what it left."""
    left = remaining(sys.stdin)
    _signal_all(left, signal.SIGTERM)
    limit = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < limit:
        time.sleep(0.05)
        left = {pid for pid in left if _alive(pid)}
    _signal_all(left, signal.SIGKILL)


def remaining(lines: Iterable[str]) -> set[int]:
    """Return the process groups that were named and not taken back."""
    left: set[int] = set()
    for line in lines:
        sign, number = line[0], int(line[1:])
        (left.add if sign == "+" else left.discard)(number)
    return left


def _tell(line: str) -> None:
    with _lock:
        # One reaper per process: a fork must not speak through its parent's pipe.
        reaper = _reapers.get(os.getpid()) or _start()
        if reaper.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):
            reaper.stdin.write(line.encode())
            reaper.stdin.flush()


def _start() -> "subprocess.Popen[bytes]":
    # -I -S: it needs the standard library alone, and no module beside this file may shadow that.
    reaper = subprocess.Popen(
        [sys.executable, "-I", "-S", __file__],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    _reapers[os.getpid()] = reaper
    atexit.register(_dismiss)
    return reaper


def _dismiss() -> None:
    reaper = _reapers.pop(os.getpid(), None)
    if reaper is not None and reaper.stdin is not None:
        reaper.stdin.close()
        reaper.wait(GRACE_SECONDS + 1)


def _signal_all(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)


def _alive(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
