"""Names of what is due in qa's sorted sets of golds: a worker to ask, or a gold to look at."""

from typing import NamedTuple

from shared.state.escaping import escaped, unescaped

_WORKER, _GOLD = "w", "g"
_NO_FLAGS = "-"


class DueMember(NamedTuple):
    """One of the two: a worker with the flags of the trace that led to them, or a gold."""

    task_type: str
    worker_id: str = ""
    gold_id: str = ""
    trace_flags: str = ""


def to_ask(task_type: str, worker_id: str, trace_flags: str) -> str:
    """Return the member that stands for a worker who is to be asked a gold.

    Example: `w animals 01 w-7`.
    """
    return f"{_WORKER} {task_type} {trace_flags or _NO_FLAGS} {escaped(worker_id)}"


def look_at(task_type: str, gold_id: str) -> str:
    """Return the member that stands for a gold that was answered. Example: `g animals - g-1`."""
    return f"{_GOLD} {task_type} {_NO_FLAGS} {escaped(gold_id)}"


def due_of(member: str) -> DueMember:
    """Return the one of the two of which this member's name was made."""
    kind, task_type, flags, name = member.split(" ")
    if kind == _GOLD:
        return DueMember(task_type, gold_id=unescaped(name))
    flags = "" if flags == _NO_FLAGS else flags
    return DueMember(task_type, worker_id=unescaped(name), trace_flags=flags)
