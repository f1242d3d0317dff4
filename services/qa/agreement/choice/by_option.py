"""A worker's counters by option, for who answers one-sidedly.

`said:X` counts the answers X, `agreed_milli:X` their agreement, `likely_milli:X` how probable X was
over all tasks the worker answered, both in thousandths.
"""

from services.qa.agreement.reliability import AGREED_MILLI, Reliability


def said_field(option: str) -> str:
    """Return the name of the counter of answers with this option."""
    return f"said:{option}"


def agreed_field(option: str) -> str:
    """Return the name of the counter of agreement on this option, in thousandths of an answer."""
    return f"{AGREED_MILLI}:{option}"


def likely_field(option: str) -> str:
    """Return the name of the counter of how probable this option was, in thousandths of a task."""
    return f"likely_milli:{option}"


def times_said(worker: Reliability, option: str) -> int:
    """Return how many of the worker's answers were this option."""
    return worker.count(said_field(option))


def agreed_on(worker: Reliability, option: str) -> float:
    """Return how many of the answers with this option were expected to be right."""
    return worker.count(agreed_field(option)) / 1000


def likely(worker: Reliability, option: str) -> float:
    """Return on how many of the worker's tasks this option was expected to be right."""
    return worker.count(likely_field(option)) / 1000
