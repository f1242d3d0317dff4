"""A crowd replayed online: tasks and answers arrive shuffled, each verdict teaches the next."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.crowds import Crowd
from bench.judging import TODAY, Judge, Open, Step, Verdict
from services.qa.agreement.calibration import bins_of, calibration_error
from services.qa.agreement.terms import AnswersWanted, Ballot

OPEN_MIN, OPEN_SHARE = 50, 0.1


@dataclass(slots=True)
class Outcome:
    """One replay's sums; the properties are what a table shows."""

    labels: int
    used: int = 0
    decisions: int = 0
    seconds: float = 0.0
    verdicts: list[tuple[float, bool]] = field(default_factory=list)
    majority: float = 0.0  # expected number right by counting the same answers
    full: float = 0.0  # likewise by counting all of the tasks' answers
    golds: int = 0
    flagged: frozenset[str] = frozenset()

    @property
    def accuracy(self) -> float:
        """Share of verdicts on gold tasks that are right."""
        return sum(right for _, right in self.verdicts) / len(self.verdicts)

    @property
    def full_accuracy(self) -> float:
        """Share of the same tasks that majority on all their answers has right."""
        return self.full / len(self.verdicts)

    @property
    def stated(self) -> float:
        """Mean probability the verdicts on gold tasks claim."""
        return sum(probability for probability, _ in self.verdicts) / len(self.verdicts)

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over ten bins (Naeini 2015)."""
        return calibration_error(bins_of(self.verdicts))


def replay(crowd: Crowd, wanted: AnswersWanted, seed: int, step: Step = TODAY) -> Outcome:
    """Return the sums over all verdicts on a crowd; see `verdicts`.

    The answers to golds count as used, and their verdicts in no other figure.
    """
    golds = _golds(crowd, step.golds, seed)
    outcome = Outcome(crowd.labels, golds=len(golds))
    judge = Judge(crowd, step, golds)
    for one in verdicts(crowd, wanted, seed, step, judge):
        outcome.used += len(one.ballots)
        outcome.decisions += len(one.ballots)
        outcome.seconds += one.seconds
        if one.task in crowd.gold and one.task not in golds:
            _note(outcome, crowd, one)
    outcome.flagged = judge.flagged() if step.integrity else frozenset()
    return outcome


def verdicts(
    crowd: Crowd,
    wanted: AnswersWanted,
    seed: int,
    step: Step = TODAY,
    judge: Judge | None = None,
) -> Iterator[Verdict]:
    """Judge every task of a crowd as its answers come in, in an order of the seed's choosing.

    A window of tasks is open; each step one of them, drawn at random, gets its next recorded
    answer. No task gets more answers than were recorded. Golds are drawn at random. A judge that
    is given remembers what it learned.
    """
    chance = random.Random(seed)
    waiting = sorted(crowd.answers)
    chance.shuffle(waiting)
    window = max(OPEN_MIN, round(len(waiting) * OPEN_SHARE))
    judge = judge or Judge(crowd, step, _golds(crowd, step.golds, seed))
    opened: list[Open] = []
    while waiting or opened:
        while waiting and len(opened) < window:
            opened.append(Open(waiting[-1], _arrivals(crowd, waiting.pop(), chance)))
        index = chance.randrange(len(opened))
        task = opened[index]
        task.ballots.append(judge.next_of(task.arrivals))
        started = time.process_time()
        decided = judge.decided(task, wanted)
        task.seconds += time.process_time() - started
        if decided is not None:
            opened[index] = opened[-1]
            opened.pop()
            yield judge.learn(task, *decided)


def majority(answers: list[str], gold: str) -> float:
    """Return the chance that counting answers is right when ties are broken at random."""
    counts = Counter(answers)
    top = max(counts.values())
    return (counts[gold] == top) / sum(count == top for count in counts.values())


def _arrivals(crowd: Crowd, task: str, chance: random.Random) -> list[Ballot[str]]:
    given = list(crowd.answers[task])
    chance.shuffle(given)
    return [Ballot(f"{chance.getrandbits(64):016x}", worker, answer) for worker, answer in given]


def _golds(crowd: Crowd, share: float, seed: int) -> frozenset[str]:
    tasks = sorted(crowd.gold)
    return frozenset(random.Random(f"golds {seed}").sample(tasks, round(share * len(tasks))))


def _note(outcome: Outcome, crowd: Crowd, one: Verdict) -> None:
    gold = crowd.gold[one.task]
    outcome.verdicts.append((one.stated, one.tally.answer == gold))
    outcome.majority += majority([b.answer for b in one.ballots], gold)
    outcome.full += majority([answer for _, answer in crowd.answers[one.task]], gold)
