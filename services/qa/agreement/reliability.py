"""How often a worker is right on a task type: integer counters, and the estimate they give."""

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


@dataclass(frozen=True, slots=True)
class Reliability:
    """Counters of one worker on one task type, as they are kept: field name to integer.

    `answers` and `agreed_milli` count answers and, in thousandths of an answer, how probable the
    others' answers made each of them: for every kind of question. A kind may count more under other
    names. A field that is missing is 0.
    """

    counters: Mapping[str, int] = field(default_factory=dict)

    @property
    def answers(self) -> int:
        """Number of answers that taught something."""
        return self.counters.get(ANSWERS, 0)

    @property
    def agreed(self) -> float:
        """Number of those answers that were expected to be right; not whole."""
        return self.counters.get(AGREED_MILLI, 0) / 1000

    def count(self, name: str) -> int:
        """Return the counter of this name."""
        return self.counters.get(name, 0)


@dataclass(frozen=True, slots=True)
class Population:
    """Counters of everybody on one task type: answers that taught, and their agreement."""

    answers: int = 0
    agreed_milli: int = 0

    @property
    def mean(self) -> float:
        """Reliability to expect of a worker of whom nothing is known."""
        return _shrunk(self.agreed_milli / 1000, self.answers, POPULATION_MEAN, POPULATION_STRENGTH)


@dataclass(frozen=True, slots=True)
class Interval:
    """A worker's reliability for reports: mean, 95 % interval, and how many answers taught it."""

    mean: float
    low: float
    high: float
    count: int


def estimate(worker: Reliability, population: Population) -> float:
    """Return the mean of the worker's Beta posterior, its prior centred on the population."""
    return _shrunk(worker.agreed, worker.answers, population.mean, WORKER_STRENGTH)


def interval(worker: Reliability, population: Population) -> Interval:
    """Return the estimate with Wilson's score interval (1927) over own and prior answers."""
    mean = estimate(worker, population)
    count = worker.answers + WORKER_STRENGTH
    scale = 1 + Z_95**2 / count
    centre = (mean + Z_95**2 / (2 * count)) / scale
    half = Z_95 / scale * sqrt(mean * (1 - mean) / count + Z_95**2 / (4 * count**2))
    return Interval(mean, max(0.0, centre - half), min(1.0, centre + half), worker.answers)


def population_lesson(taught: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Return what all workers' lessons add to the counters of the task type as a whole."""
    return {
        name: sum(lesson.get(name, 0) for lesson in taught.values())
        for name in (ANSWERS, AGREED_MILLI)
    }


def _shrunk(right: float, of: int, mean: float, strength: int) -> float:
    """Return the mean of Beta(right + mean * strength, wrong + (1 - mean) * strength)."""
    return (right + mean * strength) / (of + strength)
