"""Alignments are those of the whole table of edit distances, and one of equals is defined."""

from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.transcript.aligning import Aligned, Keys, align, distance

few = st.lists(st.sampled_from("abcd"), max_size=9).map(tuple)


def by_table(first: Keys, second: Keys) -> tuple[Aligned, int]:
    """The alignment and the distance, from every cell of the table."""
    cells = [[i + j for j in range(len(second) + 1)] for i in range(len(first) + 1)]
    for i, one in enumerate(first, 1):
        for j, other in enumerate(second, 1):
            cells[i][j] = min(
                cells[i - 1][j] + 1, cells[i][j - 1] + 1, cells[i - 1][j - 1] + (one != other)
            )
    i, j, at = len(first), len(second), [-1] * len(first)
    between: dict[int, tuple[int, ...]] = {}
    while i or j:
        changed = i and j and cells[i][j] == cells[i - 1][j - 1] + 1
        if i and j and (first[i - 1] == second[j - 1] or changed):
            i, j = i - 1, j - 1
            at[i] = j
        elif i and (not j or cells[i][j] == cells[i - 1][j] + 1):
            i -= 1
        else:
            j -= 1
            between[i] = (j, *between.get(i, ()))
    return Aligned(tuple(at), between), cells[-1][-1]


@given(few, few)
def test_both_are_those_of_the_table(first: Keys, second: Keys) -> None:
    aligned, edits = by_table(first, second)

    assert align(first, second) == aligned
    assert distance(first, second) == distance(second, first) == edits


def test_long_texts_are_compared_as_short_ones() -> None:
    first = tuple(str(n % 97) for n in range(4000))
    second = tuple(word for n, word in enumerate(first) if n % 10)

    assert distance(first, second) == 400
    assert align(first, second).at.count(-1) == 400
