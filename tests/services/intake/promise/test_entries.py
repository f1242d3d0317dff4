"""A verdict is counted once, in any order and after any loss of state."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.promise.entries import KEPT_MAX, packed, unpacked, with_verdict
from tests.support.builders import NOW


@given(st.lists(st.integers(0, 2**64 - 1), max_size=5))
def test_what_is_packed_is_unpacked(numbers: list[int]) -> None:
    assert list(unpacked(packed(numbers))) == numbers


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 5 * KEPT_MAX), min_size=1, max_size=4 * KEPT_MAX),
    st.randoms(use_true_random=False),
)
def test_no_verdict_is_counted_twice(numbers: list[int], chance: object) -> None:
    counted: tuple[str, ...] = ()
    taken: list[int] = []
    heard = numbers * 2
    chance.shuffle(heard)  # type: ignore[attr-defined]
    for number in heard:
        more = with_verdict(counted, f"t-{number}", NOW + timedelta(seconds=number))
        if more is not None:
            taken.append(number)
            counted = more
    assert len(taken) == len(set(taken))
    assert all(len(unpacked(one)) <= KEPT_MAX for one in counted)


def test_in_the_order_of_their_times_all_are_counted() -> None:
    counted: tuple[str, ...] = ()
    for number in range(10 * KEPT_MAX):
        more = with_verdict(counted, f"t-{number}", NOW + timedelta(seconds=number))
        assert more is not None
        counted = more
