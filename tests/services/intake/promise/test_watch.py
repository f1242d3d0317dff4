"""A model that became worse is noticed, whatever it was before; a good one raises no alarm."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.promise.watch import (
    NEWEST_MAX,
    entry,
    is_alarm,
    is_suspicion,
    with_entries,
    worsening,
)


def _newest(*shares: tuple[int, float], seed: int = 1) -> tuple[int, ...]:
    """Return so many outputs each, of which this share is wrong."""
    chance = Random(seed)
    wrongs = [chance.random() < share for count, share in shares for _ in range(count)]
    return with_entries((), (entry(at, "o", wrong=wrong) for at, wrong in enumerate(wrongs)))


def test_a_model_that_keeps_the_promise_raises_no_alarm() -> None:
    assert not is_alarm(_newest((NEWEST_MAX, 0.03)), 0.05)
    assert worsening((), 0.05) == 0


def test_a_model_three_times_as_wrong_as_promised_is_noticed_after_many_good_ones() -> None:
    for seed in range(10):
        assert is_alarm(_newest((300, 0.02), (200, 0.15), seed=seed), 0.05)


def test_a_slow_change_is_suspected_before_it_is_noticed() -> None:
    wrongs = [at % 20 == 0 for at in range(400)]
    newest = with_entries((), (entry(at, "o", wrong=wrong) for at, wrong in enumerate(wrongs)))

    assert is_suspicion(newest, 0.05)
    assert not is_alarm(newest, 0.05)
    assert not is_suspicion(newest, 0.1)


@settings(max_examples=40, deadline=None)
@given(
    entries=st.lists(st.tuples(st.integers(0, 999), st.booleans()), max_size=60),
    at=st.integers(0, 999),
)
def test_a_right_output_never_adds_to_the_evidence(
    entries: list[tuple[int, bool]], at: int
) -> None:
    newest = with_entries((), (entry(one, "o", wrong=wrong) for one, wrong in entries))
    more = with_entries(newest, [entry(at, "another", wrong=False)])
    assert worsening(more, 0.05) <= worsening(newest, 0.05) + 1e-9


def test_two_outputs_of_one_moment_are_two() -> None:
    both = with_entries((), [entry(5, "a", wrong=True), entry(5, "b", wrong=True)])
    assert len(both) == 2
    assert len(with_entries(both, [entry(5, "a", wrong=True)])) == 2
