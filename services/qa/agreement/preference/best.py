"""Computes how probable each set of up to 8 candidates is the best of those who are left.

Sets of candidates are bits of an integer, the first candidate the lowest. Where ties are allowed
the best may be several, who are equal.
"""

from collections.abc import Sequence
from functools import lru_cache
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
        equal = [[0.0] * candidates for _ in range(candidates)]
        for (one, other), said in sums.items():
            both = said[EQUAL] if len(said) > EQUAL else 0.0
            lost[one][other] = damping * (said[SECOND] + both)
            lost[other][one] = damping * (said[FIRST] + both)
            # Two of one set that are equal have not lost to each other, as both rows say.
            equal[other][one] = -2 * damping * both
        self.ties = any(len(said) > EQUAL for said in sums.values())
        self.everybody = (1 << candidates) - 1
        self._lost = lost
        self._equal = [0.0]
        for one, row in enumerate(equal):
            with_one = zip(self._equal, _by_set(row[:one]), strict=True)
            self._equal += [fewer + more for fewer, more in with_one]

    def best_of(self, left: int) -> dict[int, float]:
        """Return the probability of each set of candidates to be the best of those in `left`.

        Before any ranking a set is as likely as there are orders of those who are not in it. Sets
        of one candidate come first, in the candidates' order; without ties there are no others.
        """
        # Each of a set has lost to whom it was put behind; a set adds up those of its members.
        among = members(left)
        alone = [0.0] * len(self._lost)
        for one in among:
            row = self._lost[one]
            alone[one] = sum([row[other] for other in among])
        lost, equal = _by_set(alone), self._equal
        sets, orders = _sets_in(left, ties=self.ties)
        against = [
            lost[best] + equal[best] - prior for best, prior in zip(sets, orders, strict=True)
        ]
        least = min(against)
        odds = [exp(least - total) for total in against]
        whole = fsum(odds)
        return {best: odd / whole for best, odd in zip(sets, odds, strict=True)}


@lru_cache(maxsize=1 << CANDIDATES_MAX + 1)
def _sets_in(left: int, *, ties: bool) -> tuple[Sequence[int], Sequence[float]]:
    """Return the sets that may be best of these, and of each the log of the others' orders."""
    sets = [1 << one for one in members(left)]
    several = left & -left if ties else 0
    while several:
        if several & (several - 1):
            sets.append(several)
        several = (several - left) & left  # the next larger set of those who are left
    return sets, [_LOG_ORDERS[(left ^ best).bit_count()] for best in sets]


def members(several: int) -> Sequence[int]:
    """Return the candidates in a set, by their places in the question."""
    return [at for at in range(several.bit_length()) if several >> at & 1]


def _by_set(row: Sequence[float]) -> Sequence[float]:
    """Return, for each set of candidates, the sum of what the row says of them."""
    sums = [0.0]
    for number in row:
        sums += [total + number for total in sums]
    return sums
