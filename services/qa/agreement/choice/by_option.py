"""Names and reads a worker's counters for each option, to notice who favours one option.

`said:X` counts the worker's answers X. `agreed_milli:X` adds up how probable the others' answers
made X each time. `likely_milli:X` adds up how probable X was on all of the worker's tasks. Both are
in thousandths.
Example: a worker who always says X has a high `said:X` and a low `agreed_milli:X`.
"""

from services.qa.agreement.reliability import AGREED_MILLI, LIKELY_MILLI, Reliability


def said_field(option: str) -> str:
    """Return the name of the counter of a worker's answers with this option."""
    return f"said:{option}"


def agreed_field(option: str) -> str:
    """Return the name of the counter of how probable a worker's answers X were, in thousandths."""
    return f"{AGREED_MILLI}:{option}"


def likely_field(option: str) -> str:
    """Return the name of the counter of how probable this option was on a worker's tasks.

    It counts in thousandths of a task.
    """
    return f"{LIKELY_MILLI}{option}"


def times_said(worker: Reliability, option: str) -> int:
    """Return how many of the worker's answers were this option."""
    return worker.count(said_field(option))


def agreed_on(worker: Reliability, option: str) -> float:
    """Return how many of the worker's answers with this option are expected to be right."""
    return worker.count(agreed_field(option)) / 1000


def likely(worker: Reliability, option: str) -> float:
    """Return on how many of the worker's tasks this option is expected to be right."""
    return worker.count(likely_field(option)) / 1000
