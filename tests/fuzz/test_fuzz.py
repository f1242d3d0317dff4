"""Broken outputs become a task, a waiver or a dead letter with words; nothing else ever."""

from shared.contracts.errors import Reason
from tests.fuzz.feeding import a_checker, feed, fixtures, record_of
from tests.fuzz.mutate import written

INPUTS = 3_000


def test_whatever_comes_ends_as_a_task_a_waiver_or_a_reason() -> None:
    fed = feed(range(INPUTS), a_checker(), fixtures())
    assert fed.bugs == [], "python -m tests.fuzz --first SEED --inputs 1"
    assert sum(fed.counts.values()) == INPUTS
    assert fed.counts.keys() <= {"task", "waived", *(reason.value for reason in Reason)}
    # The faults must reach the reading behind the parser, or nothing much was tried.
    assert fed.counts["task"] > INPUTS / 50
    assert fed.counts["bad_output"] > INPUTS / 50


def test_a_seed_is_one_record_ever_after() -> None:
    payloads = fixtures()
    assert [record_of(seed, payloads) for seed in range(50)] == [
        record_of(seed, payloads) for seed in range(50)
    ]
    assert len({record_of(seed, payloads).value for seed in range(50)}) > 40


def test_what_nests_deeper_than_python_writes_is_a_record_too() -> None:
    value: list[object] = []
    for _ in range(5_000):
        value = [value]

    assert set(written(value)) == set(b"[]")
