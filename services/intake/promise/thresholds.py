"""The lowest threshold that the verdicts prove to be safe.

Every edge of a band is a hypothesis: "of the outputs at or above it more than `max_error` are
wrong". They are tested from the safest down. Each has an equal part of the allowed chance of being
wrong, and what a refuted one had passes to the next below (the fallback procedure: Wiens, Pharm.
Stat. 2003; over thresholds: Angelopoulos, Bates, Candes, Jordan and Lei, "Learn then Test", Ann.
Appl. Stat. 2025). So a threshold need not wait for the highest bands, where few outputs are, and
the chance that any refuted hypothesis is true stays as allowed, also if the model's confidence is
upside down. Evidence is `wealth`, so it holds at all times at once.
"""

from dataclasses import dataclass

from services.intake.promise.bands import BANDS, band_from
from services.intake.promise.learned import Learned
from services.intake.promise.wealth import BETS, bets_of, refuted

FIRST_TERM = 0.8


@dataclass(frozen=True, slots=True)
class Promise:
    """What the operator promises: at most `max_error` of the waived outputs are wrong.

    confidence: how sure that is. floor: the threshold never falls below it. missed: of the wrong
    outputs the share that people's verdicts call right, as stated by the operator; the promise is
    about the truth, so what people see must be below `max_error` by this share.
    All are from 0 to 1, max_error and confidence neither.
    """

    max_error: float
    confidence: float = 0.95
    floor: float = 0.0
    missed: float = 0.0

    @property
    def bound(self) -> float:
        """The share of wrong outputs in people's verdicts that keeps the promise."""
        return self.max_error * (1 - self.missed)

    def risk(self, term: int) -> float:
        """Return the chance of being wrong that a term of the gate may use; all terms sum to it.

        Each closing starts anew, and must not start with the whole chance again.
        """
        share = FIRST_TERM if term == 1 else (1 - FIRST_TERM) / (term * (term - 1))
        return share * (1 - self.confidence)


def lowest_proved(learned: Learned, promise: Promise) -> int | None:
    """Return the lowest band from which on outputs may be waived, or None.

    One more right output never makes it higher, one more wrong output never lower.
    """
    lowest = band_from(promise.floor)
    part = promise.risk(learned.term) / max(1, BANDS - lowest)
    by_band = _bets_by_band(learned, promise.bound)
    totals, passed, proved = [0.0] * len(BETS), 0.0, None
    for band in range(BANDS - 1, lowest - 1, -1):
        for at, gain in enumerate(by_band[band]):
            totals[at] += gain
        level = passed + part
        passed = 0.0
        if refuted(totals, level):
            passed, proved = level, band
    return proved


def _bets_by_band(learned: Learned, bound: float) -> list[list[float]]:
    sums = [[0.0] * len(BETS) for _ in range(BANDS)]
    for (band, times), (right, wrong) in learned.counts.items():
        for at, gain in enumerate(bets_of((times, right, wrong), bound)):
            sums[band][at] += gain
    return sums
