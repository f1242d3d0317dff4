"""A crowd replayed online: tasks and answers arrive shuffled, each verdict teaches the next."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from bench.crowds import Crowd
from services.qa.agreement.choice import Tally, lessons, stop, tally, weigh
from services.qa.agreement.reliability import Population, Reliability, population_lesson
from services.qa.agreement.terms import AnswersWanted, AskOneMore, Ballot, Lessons

OPEN_MIN, OPEN_SHARE = 50, 0.1
BINS = 10


@dataclass(slots=True)
class Knowledge:
    """What the service would hold in Redis for one task type: counters, only ever increased."""

    workers: dict[str, Counter[str]] = field(default_factory=dict)
    everybody: Counter[str] = field(default_factory=Counter)

    def learn(self, taught: Lessons) -> None:
        """Add a verdict's lessons."""
        for worker, lesson in taught.items():
            self.workers.setdefault(worker, Counter()).update(lesson)
        self.everybody.update(population_lesson(taught))

    def worker(self, worker_id: str) -> Reliability:
        """Return the counters of one worker."""
        return Reliability(self.workers.get(worker_id, {}))

    @property
    def population(self) -> Population:
        """Return the counters of everybody."""
        return Population(**self.everybody)


@dataclass(slots=True)
class Outcome:
    """One replay's sums; the properties are what a table shows."""

    labels: int
    used: int = 0
    decisions: int = 0
    seconds: float = 0.0
    verdicts: list[tuple[float, bool]] = field(default_factory=list)
    majority: float = 0.0  # expected number right by counting the same answers

    @property
    def accuracy(self) -> float:
        """Share of verdicts on gold tasks that are right."""
        return sum(right for _, right in self.verdicts) / len(self.verdicts)

    @property
    def stated(self) -> float:
        """Mean probability the verdicts on gold tasks claim."""
        return sum(probability for probability, _ in self.verdicts) / len(self.verdicts)

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over ten bins (Naeini 2015)."""
        bins: dict[int, list[float]] = {}
        for probability, right in self.verdicts:
            bins.setdefault(min(BINS - 1, int(probability * BINS)), []).append(probability - right)
        return sum(abs(sum(gaps)) for gaps in bins.values()) / len(self.verdicts)


def replay(crowd: Crowd, wanted: AnswersWanted, seed: int) -> Outcome:
    """Judge every task of a crowd as its answers come in, in an order of the seed's choosing.

    A window of tasks is open; each step one of them, drawn at random, gets its next recorded
    answer. No task gets more answers than were recorded.
    """
    chance = random.Random(seed)
    waiting = sorted(crowd.answers)
    chance.shuffle(waiting)
    window = max(OPEN_MIN, round(len(waiting) * OPEN_SHARE))
    knowledge, outcome = Knowledge(), Outcome(crowd.labels)
    opened: list[tuple[str, list[Ballot[str]], list[Ballot[str]]]] = []
    while waiting or opened:
        while waiting and len(opened) < window:
            opened.append((waiting[-1], _arrivals(crowd, waiting.pop(), chance), []))
        index = chance.randrange(len(opened))
        task, arrivals, ballots = opened[index]
        ballots.append(arrivals.pop())
        most = min(wanted.max, len(ballots) + len(arrivals))
        rule = AnswersWanted(min(wanted.min, most), most, wanted.goal)
        started = time.process_time()
        verdict = _judge(ballots, crowd.options, knowledge, rule)
        outcome.seconds += time.process_time() - started
        outcome.decisions += 1
        if verdict is not None:
            opened[index] = opened[-1]
            opened.pop()
            knowledge.learn(lessons(verdict, ballots))
            _note(outcome, crowd.gold.get(task), verdict, ballots)
    return outcome


def majority(answers: list[str], gold: str) -> float:
    """Return the chance that counting answers is right when ties are broken at random."""
    counts = Counter(answers)
    top = max(counts.values())
    return (counts[gold] == top) / sum(count == top for count in counts.values())


def _arrivals(crowd: Crowd, task: str, chance: random.Random) -> list[Ballot[str]]:
    given = list(crowd.answers[task])
    chance.shuffle(given)
    return [Ballot(f"{chance.getrandbits(64):016x}", worker, answer) for worker, answer in given]


def _judge(
    ballots: list[Ballot[str]],
    options: tuple[str, ...],
    knowledge: Knowledge,
    wanted: AnswersWanted,
) -> Tally | None:
    """Decide as the service does on each answer; None where one more is asked for."""
    population = knowledge.population
    weights = {
        b.assignment_id: weigh(b.answer, options, knowledge.worker(b.worker_id), population)
        for b in ballots
    }
    counted = tally(ballots, options, weights)
    decided = stop(counted, len(ballots), wanted, population.mean)
    return None if isinstance(decided, AskOneMore) else counted


def _note(outcome: Outcome, gold: str | None, verdict: Tally, ballots: list[Ballot[str]]) -> None:
    outcome.used += len(ballots)
    if gold is not None:
        outcome.verdicts.append((verdict.probability, verdict.answer == gold))
        outcome.majority += majority([b.answer for b in ballots], gold)
