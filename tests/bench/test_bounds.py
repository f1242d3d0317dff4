"""A promise that is broken is said to be, and what was not measured is not judged."""

from bench.bounds import BOUNDS, rows
from tests.bench.test_figures import figures


def test_a_bound_is_held_or_said_not_to_be() -> None:
    said = {row[0]: row for row in rows({}, figures().plain())}

    assert said["records/s of qa ÷ relay"][1:] == ["≥ 0.2", "", "0.500", "held"]
    assert said["CPU of Kafka and Redis, two processes of qa ÷ one"][3:] == ["1.20", "NOT HELD"]
    assert said["p99 from output to first offer ÷ the relay's"][3:] == ["2.0", "held"]


def test_what_was_measured_before_stands_beside_it() -> None:
    kept = figures().plain()

    assert all(row[2] == row[3] for row in rows(kept, kept))


def test_a_split_that_was_measured_but_once_still_stands_beside_it() -> None:
    once = {"service": "qa", "one": {"kafka": 1.0, "redis": 1.0}, "two": {"kafka": 3.0}}
    said = {row[0]: row for row in rows({"splits": [once]}, figures().plain())}

    assert said["CPU of Kafka and Redis, two processes of qa ÷ one"][2:4] == ["1.50", "1.20"]


def test_what_was_not_measured_is_left_out() -> None:
    assert list(rows({}, {"services": [], "whole": None, "weights": None})) == []
    assert len(list(rows({}, figures().plain()))) < len(BOUNDS)
