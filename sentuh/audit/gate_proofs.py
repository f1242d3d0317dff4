"""Counts again whether what a gate learned proves its threshold, apart from intake's own counting.

"More than `max_error` of the outputs from this confidence on are wrong": against that somebody bets
at each verdict, at odds that are fair if it is so. Who begins with 1 and comes to 20 has refuted it
at a risk of one in 20.
"""

from collections.abc import Iterator
from math import exp, fsum, log1p

from sentuh.audit.report import Violation
from sentuh.history.collect import History
from shared.contracts.events.gates import GateLearned

CONFIDENCES = (
    *(0.0, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.88, 0.9, 0.92),
    *(0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 0.998, 0.999),
)
PARTS_LOST = (0.97, 0.85, 0.65, 0.45, 0.28, 0.15, 0.07)
"""Of its part, what each of seven gamblers loses by one wrong output."""
FIRST_TERM = 0.8
ROUNDING = 1e-9


def every_threshold_is_proved(history: History) -> Iterator[Violation]:
    """Yield gates that waive from a lower confidence on than what they learned proves."""
    for published in history.of(GateLearned):
        learned = published.event
        if learned.threshold is None:
            continue
        proved = lowest_proved(learned)
        if proved is None or proved > learned.threshold:
            what = f"waives from {learned.threshold} on; proved is {proved or 'nothing'}"
            yield Violation(f"{learned.gate} revision {learned.revision}", what)


def lowest_proved(learned: GateLearned) -> float | None:
    """Return the lowest confidence from which on few enough outputs are wrong; None for none.

    The thresholds are tried from the highest down. Each has the same share of the risk, and hands
    on what it had once it is proved.
    """
    promise = learned.promise
    tried = [edge for edge in CONFIDENCES if edge >= promise.floor]
    share = _risk(learned) / max(1, len(tried))
    handed_on, lowest = 0.0, None
    for edge in reversed(tried):
        risk, handed_on = handed_on + share, 0.0
        if _wealth(learned, CONFIDENCES.index(edge)) * risk >= 1 - ROUNDING:
            handed_on, lowest = risk, edge
    return lowest


def _risk(learned: GateLearned) -> float:
    """Return the chance of erring that this term has; those of all terms sum to the whole."""
    term = learned.term
    share = FIRST_TERM if term == 1 else (1 - FIRST_TERM) / (term * (term - 1))
    return share * (1 - learned.promise.confidence)


def _wealth(learned: GateLearned, band: int) -> float:
    bound = learned.promise.max_error * (1 - learned.promise.missed)
    odds = bound / (1 - bound)
    purses = []
    for part in PARTS_LOST:
        steps = []
        for counted in learned.counts:
            if counted.band >= band:
                stake = part / 2**counted.halvings
                steps += [counted.right * log1p(stake * odds), counted.wrong * log1p(-stake)]
        purses.append(exp(min(700.0, fsum(steps))))
    return fsum(purses) / len(purses)
