"""One run of the gate over a planted model's outputs, and a threshold chosen once beside it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from bench.gate_planted import Numbers, Planted, bands_of
from bench.gate_rivals import chosen_once
from services.intake.promise.audits import halvings, rate
from services.intake.promise.learned import Audited, Learned, close, learn
from services.intake.promise.standing import GateStanding, closes, lesson, standing
from services.intake.promise.thresholds import Promise

AUDIT_SHARE = 0.05
ONCE = 500
"""Verdicts after which the rival chooses."""
LOOKS = ((200, 4), (2_000, 25), (10**9, 200))
"""Up to that many outputs, one look for so many."""
NOTICED_WITHIN = 500
AFTER_SWAP = 40_000
"""Outputs of a swapped model at most, in case it takes so many until 500 of them were audited."""


@dataclass(frozen=True, slots=True)
class People:
    """How people err: which share of right outputs they call wrong, of wrong ones right."""

    false_alarms: float = 0.0
    missed: float = 0.0

    def verdicts(self, chance: np.random.Generator, wrong: Numbers) -> Numbers:
        """Return which outputs people call wrong."""
        slips = chance.random(len(wrong)) < np.where(wrong, self.missed, self.false_alarms)
        called: Numbers = wrong != slips
        return called


EXACT = People()


@dataclass(slots=True)
class Came:
    """What came of one run.

    outputs, waived, wrong, audited: all; those that nobody saw; how many of these are wrong; those
    above the threshold that people saw. highest: the worst true error above any threshold, at the
    moment it was set. opened: outputs until some were first waived. closed: how often the gate
    closed by itself while the model was steady. was_open, then_wrong: whether it was open at the
    swap, and the true error above its threshold then. audits, noticed: audited outputs from the
    swap on until it waived nothing more, and whether it came to that. once_waived, once_wrong,
    once_highest: the same of the threshold chosen once, by where its tests start.
    """

    outputs: int = 0
    waived: int = 0
    wrong: int = 0
    audited: int = 0
    highest: float = 0.0
    opened: int | None = None
    closed: int = 0
    was_open: bool = False
    then_wrong: float = 0.0
    audits: int = 0
    noticed: bool = False
    once_waived: Counter[str] = field(default_factory=Counter)
    once_wrong: Counter[str] = field(default_factory=Counter)
    once_highest: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Outputs:
    """Outputs as they come: what the model says, whether it is wrong, people's word, the draw."""

    confidence: Numbers
    band: Numbers
    wrong: Numbers
    verdict: Numbers
    draw: Numbers


class Trial:
    """A gate of the mode `on` beside its rivals, over a model's outputs; people answer at once."""

    def __init__(self, planted: Planted, promise: Promise, people: People, seed: int) -> None:
        """Begin with a gate that knows nothing: people see everything."""
        self._planted, self._promise, self._people = planted, promise, people
        self._chance = np.random.default_rng(seed)
        self._learned, self._stands = Learned(), GateStanding()
        self.came = Came()

    def run(self, count: int) -> Came:
        """Let this many outputs come; of a swapped model more, until 500 were audited since."""
        points = np.arange(count) / count
        if self._planted.is_swapped:
            points = np.concatenate([points[: count // 2], np.ones(AFTER_SWAP)])
        came = self._drawn(points)
        self._choose_once(came, count)
        for block in _blocks(len(points)):
            point = float(points[block.start])
            self._take(came, block, point)
            self._look(point)
            if self._planted.is_swapped and self._planted.has_changed(point) and self._is_over():
                break
        return self.came

    def _drawn(self, points: Numbers) -> _Outputs:
        confidence, wrong = self._planted.drawn(self._chance, points)
        verdict = self._people.verdicts(self._chance, wrong)
        draw = self._chance.random(len(points))
        return _Outputs(confidence, bands_of(confidence), wrong, verdict, draw)

    def _choose_once(self, came: _Outputs, count: int) -> None:
        """Let the rivals decide all outputs, the operator's audit beside each."""
        early = list(zip(came.band[:ONCE].tolist(), came.verdict[:ONCE].tolist(), strict=True))
        rest = slice(ONCE, count)
        drawn = came.draw[rest] >= rate(halvings(AUDIT_SHARE))
        for name, band in chosen_once(early, self._promise).items():
            waived = (came.band[rest] >= band) & drawn
            self.came.once_waived[name] = int(waived.sum())
            self.came.once_wrong[name] = int((waived & came.wrong[rest]).sum())
            self.came.once_highest[name] = self._planted.truth_at(0.0).error(band)

    def _take(self, came: _Outputs, block: slice, point: float) -> None:
        """Decide the outputs of a block by how the gate stands, and learn from those people see."""
        sure = np.zeros(block.stop - block.start, dtype=bool)
        if self._stands.proved is not None:
            sure = came.band[block] >= self._stands.proved
        waived = sure & (came.draw[block] >= rate(self._stands.times))
        audited = int(sure.sum() - waived.sum())
        self.came.outputs += len(sure)
        self.came.waived += int(waived.sum())
        self.came.wrong += int(came.wrong[block][waived].sum())
        self.came.audited += audited
        if self.came.was_open and self._planted.has_changed(point):
            self.came.audits += audited
        seen = np.flatnonzero(~waived) + block.start
        verdicts = [self._lesson(came, int(at)) for at in seen]
        self._learned = learn(self._learned, verdicts)

    def _lesson(self, came: _Outputs, at: int) -> Audited:
        confidence, wrong = float(came.confidence[at]), bool(came.verdict[at])
        return lesson(confidence, self._stands, wrong=wrong, at_ms=at, name=str(at))

    def _look(self, point: float) -> None:
        """Look at the watch and at the threshold."""
        came, before = self.came, self._stands.proved
        changed = self._planted.has_changed(point)
        if closes(self._learned, self._promise):
            self._learned = close(self._learned, self._learned.term)
            came.closed += not changed
        self._stands = standing(self._learned, self._promise, AUDIT_SHARE)
        band = self._stands.proved
        if not changed:
            came.was_open = band is not None
        elif band is None:
            came.noticed = True
        elif not came.then_wrong:
            came.then_wrong = self._planted.truth_at(point).error(band)
        if band is None or band == before:
            return
        came.opened = came.opened or came.outputs
        if not changed or self._learned.term > 1 or not self._planted.is_swapped:
            came.highest = max(came.highest, self._planted.truth_at(point).error(band))

    def _is_over(self) -> bool:
        came = self.came
        return not came.was_open or came.noticed or came.audits > NOTICED_WITHIN


def _blocks(count: int) -> Iterator[slice]:
    """Yield the outputs from one look to the next."""
    begin = 0
    for until, size in LOOKS:
        while begin < min(until, count):
            yield slice(begin, min(begin + size, count))
            begin += size
