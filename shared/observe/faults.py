"""Named fault points: places where a setting kills, delays or breaks this process on purpose.

`SENTUH_FAULTS="router.committed:kill:3,qa.published:delay=2:1"` means: at the third passage of
`router.committed` kill -9 this process; at the first of `qa.published` wait two seconds.
The points are `<service>.committed`, `.publishing` (between the first record and the second of one
publish), `.published` and `.settled`; a batch of which nothing is published passes none of them.
`SENTUH_FAULTS_LOG` names a file that gets one line per firing, written before it acts.
"""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from shared.contracts.errors import SettingError, TransientError


@dataclass
class _Fault:
    action: str
    amount: float
    passages_left: int


def _parse(setting: str) -> dict[str, _Fault]:
    faults = {}
    for part in filter(None, (piece.strip() for piece in setting.split(","))):
        try:
            point, action, passage = part.split(":")
            name, _, amount = action.partition("=")
            faults[point] = _Fault(_action(name), float(amount or 0), int(passage))
        except ValueError as error:
            shape = "point:kill|delay=SECONDS|raise:PASSAGE, separated by commas"
            raise SettingError(f"SENTUH_FAULTS: {part!r} is not of the form {shape}") from error
    return faults


def _action(action: str) -> str:
    if action not in ("kill", "delay", "raise"):
        raise ValueError(action)
    return action


_armed = _parse(os.environ.get("SENTUH_FAULTS", ""))


def armed(point: str) -> bool:
    """Whether a fault is set for this point and has not fired."""
    return point in _armed


async def fault(point: str) -> None:
    """Pass a fault point: nothing happens unless a setting has put a fault there."""
    if _armed and point in _armed:
        await _pass(point, _armed[point])


async def _pass(point: str, armed_fault: _Fault) -> None:
    armed_fault.passages_left -= 1
    if armed_fault.passages_left != 0:
        return
    del _armed[point]
    # Noted before it acts: a killed process writes nothing more.
    _note(point)
    if armed_fault.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if armed_fault.action == "raise":
        raise TransientError(f"the fault point {point} was told to raise")
    await asyncio.sleep(armed_fault.amount)


def _note(point: str) -> None:
    path = os.environ.get("SENTUH_FAULTS_LOG")
    if path:
        with Path(path).open("a", encoding="utf-8") as log:
            log.write(f"{point} {os.getpid()}\n")
