"""What the gate's promise means for an output, and what its verdict teaches."""

from dataclasses import dataclass
from typing import Literal

from services.intake.promise.audits import halvings, rate
from services.intake.promise.bands import EDGES, band_of
from services.intake.promise.learned import Audited, Cell, Learned, counts_from
from services.intake.promise.thresholds import Promise, lowest_proved
from services.intake.promise.watch import entry, is_alarm, is_suspicion
from services.intake.promise.wealth import interval

FIRST_AUDITS = 64
"""Audited outputs after which the audit is halved, until it is the operator's share."""

Mode = Literal["off", "shadow", "on"]
"""off: the operator's threshold decides. shadow: so it does, and what the promise would have waived
is counted. on: the proved threshold decides, and until there is one people see everything."""


@dataclass(frozen=True, slots=True)
class GateStanding:
    """How far the gate is open in this term.

    proved: the lowest band from which on outputs may be waived, None if none may. times: how often
    the audit is halved. A key of which nothing is known stands at None: people see everything.
    """

    term: int = 1
    proved: int | None = None
    times: int = 0

    @property
    def threshold(self) -> float | None:
        """The confidence from which on outputs are waived, but for the audit."""
        return None if self.proved is None else EDGES[self.proved]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What becomes of an output. reason: None where the promise has no say (off, shadow)."""

    reason: Literal["below_threshold", "audit", "confident"] | None
    would_waive: bool


@dataclass(frozen=True, slots=True)
class Leakage:
    """The share of wrong outputs among the waived: estimate, and bounds that hold at all times."""

    share: float
    low: float
    high: float


def standing(learned: Learned, promise: Promise, audit_share: float) -> GateStanding:
    """Return how far the gate may open by what is known.

    The first audited outputs of a term are more than the operator's share: a half, a quarter and so
    on, since what is learned first lowers the threshold most. Under suspicion it is all of them.
    Example: 130 right outputs of at least 0.98 and none wrong, `max_error` 0.05: from 0.98 on.
    """
    times = min(halvings(audit_share), 1 + len(learned.newest) // FIRST_AUDITS)
    if is_suspicion(learned.newest, promise.bound):
        times = 0
    return GateStanding(learned.term, lowest_proved(learned, promise), times)


def closes(learned: Learned, promise: Promise) -> bool:
    """Return whether the model has become worse than promised, so that this term of the gate ends.

    People then see everything, until the verdicts of the next term prove a threshold.
    """
    return is_alarm(learned.newest, promise.bound)


def chosen(confidence: float, stands: GateStanding, *, mode: Mode, draw: float) -> Chosen:
    """Return what becomes of an output of this confidence, in this mode.

    draw: evenly spread from 0 to below 1, by the output's names alone, as the gate draws it.
    Outputs without a confidence, and those that a condition or a list sends to people, never come
    here.
    """
    if mode == "off":
        return Chosen(None, would_waive=False)
    safe = stands.proved is not None and band_of(confidence) >= stands.proved
    waive = safe and draw >= rate(stands.times)
    if mode == "shadow":
        return Chosen(None, would_waive=waive)
    reason: Literal["below_threshold", "audit", "confident"] = "below_threshold"
    if safe:
        reason = "confident" if waive else "audit"
    return Chosen(reason, would_waive=waive)


def cell_of(confidence: float, stands: GateStanding) -> Cell:
    """Return where a verdict on an output counts, by how the gate stood when the output came.

    Above the threshold only the audited are seen; below it all are, so each counts less.
    """
    band = band_of(confidence)
    halved = stands.proved is not None and band < stands.proved
    return band, stands.times if halved else 0


def lesson(
    confidence: float, stands: GateStanding, *, wrong: bool, at_ms: int, name: str
) -> Audited:
    """Return what people's verdict on an output teaches.

    stands: how the gate stood when the output came. at_ms, name: see `watch.entry`.
    """
    safe = stands.proved is not None and band_of(confidence) >= stands.proved
    watched = entry(at_ms, name, wrong=wrong) if safe else None
    return Audited(stands.term, cell_of(confidence, stands), wrong, watched)


def leakage(learned: Learned, stands: GateStanding, promise: Promise) -> Leakage | None:
    """Return how many of the waived outputs are wrong by the verdicts; None while none is waived.

    Every verdict at or above the threshold counts by its weight. Where people miss some errors
    (`Promise.missed`), all three are raised by that.
    """
    if stands.proved is None:
        return None
    counts = list(counts_from(learned, stands.proved))
    seen = sum(rate(times) * (right + wrong) for times, right, wrong in counts)
    share = sum(rate(times) * wrong for times, _, wrong in counts) / seen if seen else 0.0
    low, high = interval(counts, promise.confidence)
    shown = 1 - promise.missed
    return Leakage(min(1.0, share / shown), min(1.0, low / shown), min(1.0, high / shown))
