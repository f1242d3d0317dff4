"""Words for a task whose verdict cannot be explained: unknown, still open, or no longer kept."""

from collections.abc import Iterable
from difflib import get_close_matches
from shlex import quote

from sentuh.history.collect import History
from sentuh.history.printable import cleaned
from sentuh.trace.ending import ending
from shared.contracts.errors import SettingError
from shared.contracts.events.assignments import TaskClosed
from shared.contracts.topics import TASKS, VERDICTS

DAY_SECONDS = 86_400
SHOWN_MAX = 3


def unknown(task_id: str, others: Iterable[str]) -> SettingError:
    """Return the error for a task that no record names, with ids that may be meant."""
    near = get_close_matches(task_id, sorted(others), SHOWN_MAX)
    meant = f" Did you mean {' or '.join(quote(cleaned(one)) for one in near)}?" if near else ""
    return SettingError(
        f"TASK {cleaned(task_id)}: no task has this id.{meant} A verdict names it (`task_id`), and"
        " `sentuh trace --source S --id I` prints the one of an output. Or it stands under another"
        f" --prefix, or is longer ago than {TASKS.name} is kept ({_days(TASKS.kept_seconds)})."
    )


def without_verdict(task_id: str, history: History) -> SettingError:
    """Return the error for a task that has no verdict: not yet, or not any more.

    `history` has the events of this task and of no other.
    """
    closed = history.by_task(TaskClosed).get(task_id, ())
    if any(one.event.reason == "verdict" for one in closed) or task_id not in history.tasks:
        return SettingError(
            f"TASK {cleaned(task_id)}: its verdict is no longer kept: {VERDICTS.name} is kept for"
            f" {_days(VERDICTS.kept_seconds)}. Explain a verdict before, or keep the topic longer"
        )
    _, sentence = ending(history)
    again = "explain it again once it has its verdict"
    return SettingError(f"TASK {cleaned(task_id)}: still open: {again}. {sentence}")


def _days(seconds: int | None) -> str:
    return "for ever" if seconds is None else f"{seconds // DAY_SECONDS} days"
