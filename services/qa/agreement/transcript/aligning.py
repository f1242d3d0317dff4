"""Aligns two lists of words with the fewest words changed, left out and put in.

Whole columns of the table of edit distances are computed at once as the bits of integers: Myers, "A
fast bit-vector algorithm for approximate string matching" (1999), for whole texts as Hyyrö (2003)
writes it. Of several best alignments one is defined: from the ends of both lists backwards, a pair
of words before a word of the first list alone, and that before a word of the second alone.
Example: `distance(("a", "b"), ("a", "c", "b"))` is 1.
"""

from collections.abc import Sequence
from typing import NamedTuple

Keys = tuple[str, ...]
GAP = ""
"""Stands where a text has no word: no word's key is empty."""


class Aligned(NamedTuple):
    """A text along another one, the pivot: the index of its word for each of the pivot's words.

    `at`: -1 where the text has none. `between`: before each of the pivot's words, and after the
    last, the indexes of the words that the pivot has not.
    """

    at: tuple[int, ...]
    between: dict[int, tuple[int, ...]]


def distance(first: Keys, second: Keys) -> int:
    """Return how many words must be changed, left out or put in to make one list of the other."""
    begin, end = 0, min(len(first), len(second))
    while begin < end and first[begin] == second[begin]:
        begin += 1
    if begin == end:
        return max(len(first), len(second)) - begin
    first, second = first[begin:], second[begin:]
    masks = _masks(first)
    ones = (1 << len(first)) - 1
    last = 1 << (len(first) - 1)
    more, less, edits = ones, 0, len(first)
    for key in second:
        equal = masks.get(key, 0)
        same = ((((equal & more) + more) ^ more) | equal | less) & ones
        over, under = (less | ~(same | more)) & ones, same & more
        if over & last:
            edits += 1
        elif under & last:
            edits -= 1
        over = (over << 1) | 1
        more, less = ((under << 1) | ~(same | over)) & ones, over & same
    return edits


def align(pivot: Keys, text: Keys) -> Aligned:
    """Return the text along the pivot.

    Example: along `("a", "b")` the text `("a", "c", "b")` has its words 0 and 2, and 1 before the
    pivot's second.
    """
    if pivot == text:
        return Aligned(tuple(range(len(pivot))), {})
    columns = _columns(pivot, text)
    at = [-1] * len(pivot)
    between: dict[int, list[int]] = {}
    row, column = len(pivot), len(text)
    while row or column:
        if row and column:
            same, more = columns[column - 1]
            bit = row - 1
            if pivot[bit] == text[column - 1] or not same >> bit & 1:
                row, column = row - 1, column - 1
                at[row] = column
                continue
            left_out = more >> bit & 1
        else:
            left_out = row
        if left_out:
            row -= 1
        else:
            column -= 1
            between.setdefault(row, []).append(column)
    return Aligned(tuple(at), {place: tuple(words[::-1]) for place, words in between.items()})


def _columns(pivot: Keys, text: Keys) -> list[tuple[int, int]]:
    """Return for each word of the text two sets of bits, one bit for each of the pivot's words.

    The first: the distance of the beginnings up to both words is that of those before them. The
    second: it is one more than that of the beginnings without the pivot's word.
    """
    masks = _masks(pivot)
    ones = (1 << len(pivot)) - 1
    more, less = ones, 0
    columns = []
    for key in text:
        equal = masks.get(key, 0)
        same = ((((equal & more) + more) ^ more) | equal | less) & ones
        over = ((less | ~(same | more)) << 1) | 1
        more, less = (((same & more) << 1) | ~(same | over)) & ones, over & same
        columns.append((same, more))
    return columns


def _masks(words: Sequence[str]) -> dict[str, int]:
    masks: dict[str, int] = {}
    for at, key in enumerate(words):
        masks[key] = masks.get(key, 0) | 1 << at
    return masks
