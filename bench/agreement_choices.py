"""Choices of simulated people, who miss and invent options, against majority on each option.

No recorded set of this kind with gold answers is known to us. 40 people tag 400 items with 8
options, of which 1 to 3 are right; an answer is right where the whole set is.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import mean

from bench.bars import Bar
from bench.online import Judged, Set, judged
from sentuh.demo.people.choices import PEOPLE
from services.qa.agreement.choices import AGREEMENT
from services.qa.agreement.terms import AnswersWanted
from shared.contracts.questions.choices import ChoicesQuestion, Labels

QUALITY = "wholly right sets"
TASKS, PEOPLE_COUNT, ANSWERS = 400, 40, 7
ASKS = ChoicesQuestion(options=tuple("abcdefgh"), picks_min=1, picks_max=3)
STOPPING = AnswersWanted(2, ANSWERS, 0.95)
CROWDS: Mapping[str, float] = {"good": 0.95, "ordinary": 0.88, "weak": 0.8}
"""By crowd, how often its people are right about an option, on average."""
SPAMMERS = 0.1
MICROSECONDS_MAX = 1000.0


@dataclass(frozen=True, slots=True)
class ChoicesRow:
    """One crowd's line: shares of wholly right sets; `full` is majority on all answers."""

    name: str
    full: float
    all: float
    quality: float
    used: float
    stated: float
    microseconds: float

    def __str__(self) -> str:
        return (
            f"{self.name:<18}{self.full:>9.3f}{self.all:>8.3f}{self.quality:>9.3f}"
            f"{self.used:>9.0%}{self.stated:>8.3f}{self.microseconds:>6.0f}"
        )


def header() -> str:
    """Return the titles of the columns."""
    return (
        f"{'crowd':<18}{'majority':>9}{'all':>8}{'stopped':>9}{'answers':>9}{'stated':>8}{'us':>6}"
    )


def measured(_: Path, seeds: int) -> Iterable[ChoicesRow]:
    """Replay each simulated crowd once for each seed, without stopping and with it."""
    for name, accuracy in CROWDS.items():
        rows = [_measure(name, *simulated(accuracy, seed), seed) for seed in range(1, seeds + 1)]
        yield _average(name, rows)


def means(rows: Sequence[ChoicesRow]) -> ChoicesRow:
    """Return the means over the crowds."""
    return _average(f"mean of {len(rows)}", rows)


def bars(rows: Sequence[ChoicesRow]) -> Iterator[Bar]:
    """Yield what choices promise."""
    together = means(rows)
    yield Bar("gain of all answers, weighted", together.all - together.full, least=0)
    yield Bar("gain with stopping", together.quality - together.full, least=0)
    slowest = max(row.microseconds for row in rows)
    yield Bar("microseconds of a decision", slowest, most=MICROSECONDS_MAX)


def simulated(accuracy: float, seed: int) -> tuple[Set, dict[str, Labels]]:
    """Return a crowd around this accuracy, one in ten at random, and the truth of each task."""
    chance = random.Random(seed)
    people = {
        f"w-{at}": None if chance.random() < SPAMMERS else min(1.0, chance.gauss(accuracy, 0.05))
        for at in range(PEOPLE_COUNT)
    }
    truth: dict[str, Labels] = {
        f"t-{at}": [*sorted(chance.sample(ASKS.options, chance.choice((1, 1, 2, 3))))]
        for at in range(TASKS)
    }
    answers = {
        task: [
            (worker, PEOPLE.answer(people[worker], (seed, worker, task), right, ASKS))
            for worker in chance.sample(sorted(people), ANSWERS)
        ]
        for task, right in truth.items()
    }
    return Set(answers, dict.fromkeys(answers, ASKS)), truth


def _measure(name: str, crowd: Set, truth: Mapping[str, Labels], seed: int) -> ChoicesRow:
    stopped = list(judged(crowd, AGREEMENT, wanted=STOPPING, seed=seed))
    whole = list(judged(crowd, AGREEMENT, wanted=AnswersWanted(ANSWERS, ANSWERS, 1), seed=seed))
    return ChoicesRow(
        name=name,
        full=mean([_majority(given) == truth[task] for task, given in crowd.answers.items()]),
        all=_right(whole, truth),
        quality=_right(stopped, truth),
        used=sum(len(verdict.ballots) for verdict in stopped) / crowd.labels,
        stated=mean([verdict.outcome.probability for verdict in stopped]),
        microseconds=1e6 * mean([verdict.seconds for verdict in stopped]),
    )


def _right(verdicts: Sequence[Judged], truth: Mapping[str, Labels]) -> float:
    return mean([float(one.outcome.answer == truth[one.task]) for one in verdicts])


def _majority(answers: Sequence[tuple[str, object]]) -> Labels:
    picks = [picked for _, picked in answers if isinstance(picked, list)]
    return [
        option
        for option in ASKS.options
        if 2 * sum(option in picked for picked in picks) > len(picks)
    ]


def _average(name: str, rows: Sequence[ChoicesRow]) -> ChoicesRow:
    figures = {
        field.name: mean([getattr(row, field.name) for row in rows])
        for field in fields(ChoicesRow)
        if field.name != "name"
    }
    return ChoicesRow(name=name, **figures)
