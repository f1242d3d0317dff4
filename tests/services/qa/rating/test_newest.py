"""The newest lessons of a worker are kept: the same ones in any order, any number of times."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.qa import keys, letters
from services.qa.rating.newest import EACH, KEPT, LENGTH, entry_of, read_entries, text_with
from shared.state.highest import keep_highest
from shared.state.twin import Twin
from tests.support.builders import after

lessons = st.lists(
    st.tuples(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(0, 1000)), max_size=80
)


def an_entry(seconds: int, task: int, agreed: int) -> str:
    return entry_of(after(seconds), f"t-{task}", {"answers": 1, "agreed_milli": agreed})


@settings(max_examples=60, deadline=None)
@given(taught=lessons, seed=st.randoms(use_true_random=False))
def test_the_newest_stay_in_any_order_and_however_often(
    taught: list[tuple[int, int, int]], seed: Random
) -> None:
    entries = [an_entry(*lesson) for lesson in taught]
    shuffled = entries * 2
    seed.shuffle(shuffled)
    twin, text = Twin(), ""
    for entry in shuffled:
        twin.write(keep_highest("h", entry, keys.NEWEST, each=EACH))
        text = text_with(text, entry)

    expected = "".join(sorted(set(entries), reverse=True)[:KEPT])
    assert "".join(twin.fields("h").get(name, "") for name in keys.NEWEST) == text == expected


def test_entries_sort_by_time_and_fit_where_redis_holds_a_small_hash() -> None:
    early, late = an_entry(5, 1, 1000), an_entry(6, 1, 0)

    assert len(early) == len(late) == LENGTH <= 8
    assert late > early
    assert EACH * LENGTH <= 64
    assert KEPT == 32


def test_what_the_others_agreed_is_read_back_near_enough() -> None:
    text = "".join(an_entry(10 - at, at, agreed) for at, agreed in enumerate((1000, 0, 500)))

    assert read_entries(text) == pytest.approx([1.0, 0.0, 0.5], abs=0.02)


@pytest.mark.parametrize("years", [-20, 60])
def test_a_time_out_of_reach_counts_as_the_nearest(years: int) -> None:
    at = letters.FIRST + timedelta(days=365 * years)

    assert len(entry_of(at, "t-1", {"answers": 1})) == LENGTH
