"""Estimates how often a worker is right on a task type, from integer counters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt

POPULATION_MEAN = 0.82  # of a task type nobody has answered yet
POPULATION_STRENGTH = 50  # how many answers that first guess is worth
WORKER_STRENGTH = 10  # how many of a worker's own answers the population's mean is worth
RELIABILITY_MAX = 0.97  # nobody is so good that one answer settles a hard question
Z_95 = 1.96

ANSWERS = "answers"
AGREED_MILLI = "agreed_milli"
GOLD_ANSWERS, GOLD_AGREED_MILLI = "gold_answers", "gold_agreed_milli"
"""How much of the two above is there only since an answer to a gold teaches as several."""
LIKELY_MILLI = "likely_milli:"
"""Start of the names of the counters of how probable each option was."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Counters of one worker on one task type, from field name to integer, as Redis stores them.

    `answers` counts their answers that could be compared with others'; `agreed_milli` adds up how
    probable the others made each of them, in thousandths. A kind of question may use more counters.
    A missing counter is 0.
    Example: 10 answers, each 0.9 probable: `answers` 10 and `agreed_milli` 9000.
    """

    counters: Mapping[str, int] = field(default_factory=dict)

    @property
    def answers(self) -> int:
        """Number of the worker's answers that could be compared with others'."""
        return self.counters.get(ANSWERS, 0)

    @property
    def agreed(self) -> float:
        """Expected number of right answers among those; not a whole number."""
        return self.counters.get(AGREED_MILLI, 0) / 1000

    def count(self, name: str) -> int:
        """Return the counter of this name, 0 if it is missing."""
        return self.counters.get(name, 0)

    def taught(self, lesson: Mapping[str, int]) -> "Reliability":
        """Return the counters with a lesson added."""
        names = {*self.counters, *lesson}
        return Reliability({name: self.count(name) + lesson.get(name, 0) for name in names})

    def once(self) -> "Reliability":
        """Return the answers, each counted once: what is told of a worker tells no gold apart.

        Example: 3 answers and one to a gold, which teaches as 2: 4.
        """
        answers = self.answers - self.count(GOLD_ANSWERS)
        agreed = self.count(AGREED_MILLI) - self.count(GOLD_AGREED_MILLI)
        return Reliability({ANSWERS: answers, AGREED_MILLI: agreed})


@dataclass(frozen=True, slots=True)
class Population:
    """Counters of all workers together on one task type (see `Reliability`)."""

    answers: int = 0
    agreed_milli: int = 0

    @property
    def mean(self) -> float:
        """The reliability (0..1) to expect of a worker of whom no answer was compared yet."""
        return _shrunk(self.agreed_milli / 1000, self.answers, POPULATION_MEAN, POPULATION_STRENGTH)


@dataclass(frozen=True, slots=True)
class Interval:
    """A worker's reliability for reports: mean and 95 % interval (0..1).

    count: the answers behind it.
    """

    mean: float
    low: float
    high: float
    count: int


def estimate(worker: Reliability, population: Population) -> float:
    """Return the worker's reliability: a Beta posterior's mean, its prior the mean of all workers.

    Example: 0 answers give the mean of all workers.
    """
    return _shrunk(worker.agreed, worker.answers, population.mean, WORKER_STRENGTH)


def interval(worker: Reliability, population: Population) -> Interval:
    """Return a worker's reliability with its 95 % interval.

    Prior answers at the mean of all workers count beside the worker's own.
    """
    mean = estimate(worker, population)
    return Interval(mean, *around(mean, worker.answers + WORKER_STRENGTH), worker.answers)


def around(mean: float, count: float) -> tuple[float, float]:
    """Return the 95 % interval around the share `mean` of `count` answers: Wilson's (1927)."""
    scale = 1 + Z_95**2 / count
    centre = (mean + Z_95**2 / (2 * count)) / scale
    half = Z_95 / scale * sqrt(mean * (1 - mean) / count + Z_95**2 / (4 * count**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def population_lesson(taught: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Return what a verdict adds to the counters of all workers: the sums of `taught`.

    `taught` maps each worker to what is added to their own counters. Of a question with options
    it adds how probable each was, too.
    """
    sums = {ANSWERS: 0, AGREED_MILLI: 0}
    for lesson in taught.values():
        for name, count in lesson.items():
            if name in sums or name.startswith(LIKELY_MILLI):
                sums[name] = sums.get(name, 0) + count
    return sums


def _shrunk(right: float, of: int, mean: float, strength: int) -> float:
    """Return the mean of a Beta distribution: `right` of `of` answers, and a prior.

    The prior counts as `strength` answers of which the share `mean` is right.
    """
    return (right + mean * strength) / (of + strength)
