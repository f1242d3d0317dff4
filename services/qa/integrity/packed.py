"""Packs a count and a sum of thousandths into one integer to which others can be added.

A worker's hash holds one such integer for each sign that was ever seen of them, so at most 3, of
some 16 bytes each with its name. Sums of packed integers are the packed sums, in any order.
"""

from dataclasses import dataclass

BITS = 32
"""Of the sum. 4 million answers at 1000 thousandths fit; the count has the 21 bits above."""
_SUM_MAX = (1 << BITS) - 1


@dataclass(frozen=True, slots=True)
class CountAndSum:
    """How many times something was seen, and the sum of its thousandths."""

    count: int
    milli: int

    @property
    def total(self) -> float:
        """The sum as a number of answers."""
        return self.milli / 1000


def packed(count: int, milli: int) -> int:
    """Return one integer for a count and a sum of thousandths, neither below 0."""
    return (count << BITS) + milli


def unpacked(number: int) -> CountAndSum:
    """Return the count and the sum of which integers that were added up were packed."""
    return CountAndSum(number >> BITS, number & _SUM_MAX)
