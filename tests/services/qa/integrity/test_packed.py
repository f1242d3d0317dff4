"""Packed integers add up like what is packed, in any order."""

from hypothesis import given
from hypothesis import strategies as st

from services.qa.integrity.packed import CountAndSum, packed, unpacked

pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5_000)), max_size=50)


@given(pairs, st.randoms())
def test_sums_of_packed_integers_are_the_packed_sums(
    parts: list[tuple[int, int]], order: object
) -> None:
    numbers = [packed(*part) for part in parts]
    order.shuffle(numbers)  # type: ignore[attr-defined]

    expected = CountAndSum(sum(count for count, _ in parts), sum(milli for _, milli in parts))
    assert unpacked(sum(numbers)) == expected


def test_a_million_answers_fit_where_integers_are_exact() -> None:
    assert packed(2**20, 1000 * 2**20) < 2**53
    assert len(str(packed(2**20, 1000 * 2**20))) <= 16
