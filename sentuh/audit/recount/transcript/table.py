"""Alignments by the table of edit distances, filled in a band around its diagonal.

Ukkonen, "Algorithms for approximate string matching" (1985): where the distance is at most the
band's half width, every cell of a best alignment lies in the band and is exact. It is doubled until
that holds.
"""

from collections.abc import Sequence

Words = tuple[str, ...]
_FAR = 10**9


class Table:
    """The distances between all beginnings of two lists of words, near the diagonal.

    Example: `Table(("a", "b"), ("a", "c", "b")).distance` is 1.
    """

    def __init__(self, first: Words, second: Words) -> None:
        self._first, self._second = first, second
        self._band = max(1, abs(len(first) - len(second)))
        self._rows = self._filled()
        while self.distance > self._band:
            self._band *= 2
            self._rows = self._filled()

    @property
    def distance(self) -> int:
        """Number of words that are changed, left out or put in."""
        return self._cell(len(self._first), len(self._second))

    def pairs(self) -> list[tuple[int | None, int | None]]:
        """Return the alignment in order: index in the first and in the second, None for no word.

        From the ends backwards, a pair is taken before a word of the first list alone, and that
        before a word of the second alone.
        """
        row, column = len(self._first), len(self._second)
        backwards: list[tuple[int | None, int | None]] = []
        while row or column:
            if self._is_pair(row, column):
                row, column = row - 1, column - 1
                backwards.append((row, column))
            elif row and self._cell(row, column) == self._cell(row - 1, column) + 1:
                row -= 1
                backwards.append((row, None))
            else:
                column -= 1
                backwards.append((None, column))
        return backwards[::-1]

    def _is_pair(self, row: int, column: int) -> bool:
        if not row or not column:
            return False
        if self._first[row - 1] == self._second[column - 1]:
            return True
        return self._cell(row, column) == self._cell(row - 1, column - 1) + 1

    def _cell(self, row: int, column: int) -> int:
        at = column - row + self._band
        return self._rows[row][at] if 0 <= at <= 2 * self._band and column >= 0 else _FAR

    def _filled(self) -> Sequence[Sequence[int]]:
        """Return the rows; entry `at` of row `row` is the column `row + at - band`."""
        width = 2 * self._band + 1
        above = [at - self._band if at >= self._band else _FAR for at in range(width)]
        rows = [above]
        for row, word in enumerate(self._first, 1):
            here = [_FAR] * width
            for at in range(width):
                column = row + at - self._band
                if not 0 <= column <= len(self._second):
                    continue
                best = above[at + 1] + 1 if at + 1 < width else _FAR
                if column:
                    left = here[at - 1] + 1 if at else _FAR
                    best = min(best, left, above[at] + (word != self._second[column - 1]))
                here[at] = best
            rows.append(here)
            above = here
        return rows
