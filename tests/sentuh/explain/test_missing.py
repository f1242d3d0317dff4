"""A task without a verdict to explain is one line that says why, and what to do."""

import pytest

from sentuh.explain import explained
from sentuh.explain.missing import unknown
from sentuh.history.collect import collect
from shared.contracts.errors import SettingError
from shared.contracts.events.assignments import TaskClosed
from tests.sentuh.audit.journals import Log, a_judged_task, only
from tests.support.builders import a_task

ANSWERS = {"w-1": "cat", "w-2": "cat", "w-3": "dog"}


def test_an_open_task_says_what_it_waits_for() -> None:
    log = Log()
    log.say(*a_judged_task("t-1", ANSWERS)[:6])

    with pytest.raises(SettingError, match=r"TASK t-1: still open: .* Not finished"):
        explained("t-1", collect(log.records, log.names, None))


def test_a_verdict_that_is_gone_is_not_called_open() -> None:
    log = Log()
    events = a_judged_task("t-1", ANSWERS)
    log.say(a_task("t-1"), *only(events, TaskClosed))

    with pytest.raises(SettingError, match="no longer kept: verdicts is kept for 30 days"):
        explained("t-1", collect(log.records, log.names, None))


def test_an_unknown_task_names_what_may_be_meant() -> None:
    said = str(unknown("t-17", {"t-18", "elsewhere"}))

    assert "TASK t-17: no task has this id. Did you mean t-18?" in said
    assert "sentuh trace --source S --id I" in said
