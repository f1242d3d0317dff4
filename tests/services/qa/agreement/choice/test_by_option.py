"""A worker's counters by option are read by their names."""

from services.qa.agreement.choice.by_option import agreed_on, likely, times_said
from services.qa.agreement.reliability import Reliability


def test_counters_by_option_are_read_by_name() -> None:
    worker = Reliability({"said:cat": 3, "agreed_milli:cat": 2_500, "likely_milli:cat": 2_900})
    assert times_said(worker, "cat") == 3
    assert agreed_on(worker, "cat") == 2.5
    assert likely(worker, "cat") == 2.9
    assert times_said(worker, "dog") == 0
    assert agreed_on(worker, "dog") == 0
    assert likely(worker, "dog") == 0
