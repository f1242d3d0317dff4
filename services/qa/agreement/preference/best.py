"""Computes how probable each set of up to 8 candidates is the best of those who are left.

Sets of candidates are bits of an integer, the first candidate the lowest. Where ties are allowed
the best may be several, who are equal.
"""

from collections.abc import Iterator, Sequence
from math import exp, factorial, fsum, log

from services.qa.agreement.preference.pairs import EQUAL, FIRST, SECOND, Sums
from shared.contracts.questions.preference import CANDIDATES_MAX

_LOG_ORDERS = [log(factorial(count)) for count in range(CANDIDATES_MAX + 1)]


class Against:
    """What speaks against each set of candidates being the best: evidence, damped, by pairs.

    A set is best if those in it are equal, and each is better than each who is not. The pairs in
    which a ranking says otherwise speak against it. Of the others nothing is supposed, so pairs of
    them say nothing. Example: c1 > c2 > c3 speaks once against c2, by the pair of c1 and c2, and
    twice against c3.
    """

    def __init__(self, sums: Sums, candidates: int, *, damping: float) -> None:
        """Take the sums of evidence for what is said of each pair, as `sums_of` returns them."""
        lost = [[0.0] * candidates for _ in range(candidates)]
        apart = [[0.0] * candidates for _ in range(candidates)]
        for (one, other), said in sums.items():
            equal = said[EQUAL] if len(said) > EQUAL else 0.0
            lost[one][other] = damping * (said[SECOND] + equal)
            lost[other][one] = damping * (said[FIRST] + equal)
            apart[one][other] = damping * (said[FIRST] + said[SECOND])
        self.ties = any(len(said) > EQUAL for said in sums.values())
        self.everybody = (1 << candidates) - 1
        self._lost = [_by_set(row) for row in lost]
        self._apart = [_by_set(row) for row in apart] if self.ties else []

    def best_of(self, left: int) -> dict[int, float]:
        """Return the probability of each set of candidates to be the best of those in `left`.

        Before any ranking a set is as likely as there are orders of those who are not in it. Sets
        of one candidate come first, in the candidates' order; without ties there are no others.
        """
        against = {best: self._against(best, left ^ best) for best in self._sets_in(left)}
        least = min(against.values())
        odds = {best: exp(least - total) for best, total in against.items()}
        whole = fsum(odds.values())
        return {best: odd / whole for best, odd in odds.items()}

    def _against(self, best: int, others: int) -> float:
        total, inside = -_LOG_ORDERS[others.bit_count()], best
        while inside:
            lowest = inside & -inside
            inside ^= lowest
            at = lowest.bit_length() - 1
            total += self._lost[at][others]
            if inside:
                total += self._apart[at][inside]
        return total

    def _sets_in(self, left: int) -> Iterator[int]:
        for one in members(left):
            yield 1 << one
        for several in range(1, left + 1) if self.ties else ():
            if several & left == several and several & (several - 1):
                yield several


def members(several: int) -> Sequence[int]:
    """Return the candidates in a set, by their places in the question."""
    return [at for at in range(several.bit_length()) if several >> at & 1]


def _by_set(row: Sequence[float]) -> Sequence[float]:
    """Return, for each set of candidates, the sum of what the row says of them."""
    sums = [0.0]
    for number in row:
        sums += [total + number for total in sums]
    return sums
