"""What waits is let go by what it waits for, whichever comes first; memory is bounded by time."""

from sentuh.audit.watch.expecting import Expectations, Expected, Memory, fact


def a_wait(*any_of: int, due: float = 10) -> Expected:
    return Expected("output", "o-1", due, any_of)


def test_the_order_of_cause_and_effect_does_not_matter() -> None:
    for effect_first in (True, False):
        memory, expected = Memory(100), Expectations()
        if effect_first:
            memory.keep(fact("done", 1), 0)
        expected.add(fact("begun", 1), a_wait(fact("done", 1)))
        if not effect_first:
            memory.keep(fact("done", 1), 0)
        expected.settle(memory)

        assert list(expected.waiting()) == []


def test_what_is_said_again_waits_as_it_first_did() -> None:
    expected = Expectations()
    expected.add(1, a_wait(2, due=10))
    expected.add(1, a_wait(2, due=99))

    assert [one.due for one in expected.waiting()] == [10]


def test_a_fact_is_kept_with_its_first_number_for_its_time_since_it_was_last_seen() -> None:
    memory = Memory(100)

    assert memory.keep(1, 0, 7) == 7
    memory.keep(2, 10)
    assert memory.keep(1, 50, 8) == 7
    memory.forget(150)
    assert 1 in memory
    assert 2 not in memory
    memory.forget(151)
    assert 1 not in memory
    assert memory.keep(1, 152, 8) == 8


def test_words_are_not_run_together() -> None:
    assert fact("a", "bc") != fact("ab", "c")
