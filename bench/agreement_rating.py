"""Ratings of recorded crowds against the plain mean of all answers, and what the interval covers.

The error is the root of the mean square (RMSE) against gold. One setting for all sets: at least 3
answers, and a tolerance of a tenth of the scale.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from math import sqrt
from pathlib import Path
from statistics import mean

from bench.bars import Bar
from bench.crowds import folders, rows_of
from bench.online import Judged, Set, judged
from services.qa.agreement.rating import AGREEMENT
from services.qa.agreement.terms import AnswersWanted
from shared.contracts.questions.rating import RatingQuestion

QUALITY = "error, plain mean of all = 1"
LEAST, MOST = 3, 100
TOLERANCE = 0.1
"""As a share of the scale's length."""
OF_ONE_SCALE = "num_"
"""How the names of the sets begin that the bars are over: another holds all of them together."""
MICROSECONDS_MAX = 1000.0


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One set's line; errors are in parts of the plain mean's with all answers.

    all: with our weights and all answers. quality: with stopping. absolute: the same by the mean
    absolute error. covered: how often the interval held the plain mean of all answers.
    """

    name: str
    rmse: float
    full: float
    all: float
    quality: float
    absolute: float
    used: float
    covered: float
    microseconds: float

    def __str__(self) -> str:
        return (
            f"{self.name:<18}{self.rmse:>8.2f}{self.all:>10.3f}{self.quality:>10.3f}"
            f"{self.absolute:>10.3f}{self.used:>9.0%}{self.covered:>9.1%}{self.microseconds:>6.0f}"
        )


@dataclass(frozen=True, slots=True)
class Ratings:
    """A recorded set of ratings with the gold of each task."""

    name: str
    recorded: Set
    gold: Mapping[str, float]
    question: RatingQuestion

    @property
    def plain(self) -> Mapping[str, float]:
        """The plain mean of all answers, by task."""
        return {
            task: mean([float(answer) for _, answer in given])  # type: ignore[arg-type]
            for task, given in self.recorded.answers.items()
        }


def header() -> str:
    """Return the titles of the columns."""
    return (
        f"{'set':<18}{'RMSE':>8}{'all':>10}{'stopped':>10}{'absolute':>10}{'answers':>9}"
        f"{'covered':>9}{'us':>6}"
    )


def measured(folder: Path, seeds: int) -> Iterable[RatingRow]:
    """Replay each set of ratings once for each seed, without stopping and with it."""
    for place in folders(folder, "numeric"):
        yield _measure(read(place), seeds)


def means(rows: Sequence[RatingRow]) -> RatingRow:
    """Return the means over the sets; the last columns too."""
    figures = {
        field.name: mean([getattr(row, field.name) for row in rows])
        for field in fields(RatingRow)
        if field.name != "name"
    }
    return RatingRow(name=f"mean of {len(rows)}", **figures)


def bars(rows: Sequence[RatingRow]) -> Iterator[Bar]:
    """Yield what ratings promise."""
    rows = [row for row in rows if row.name.startswith(OF_ONE_SCALE)]
    if not rows:
        return
    together = means(rows)
    yield Bar("error of all answers, weighted", together.all, most=1.0)
    yield Bar("the worst set's", max(row.all for row in rows), most=1.03)
    yield Bar("share of the answers with stopping", together.used, most=0.65)
    yield Bar("its error", together.quality, most=1.03)
    yield Bar("interval covers the mean of all", together.covered, least=0.85, most=0.95)
    yield Bar(
        "microseconds of a decision", max(r.microseconds for r in rows), most=MICROSECONDS_MAX
    )


def read(place: Path) -> Ratings:
    """Return a recorded set; its scale goes from the lowest answer to the highest."""
    answers: dict[str, list[tuple[str, float]]] = {}
    for row in rows_of(place / "labels.csv"):
        answers.setdefault(row["task"], []).append((row["worker"], _number(row["label"])))
    every = [answer for given in answers.values() for _, answer in given]
    whole = all(isinstance(answer, int) for answer in every)
    question = RatingQuestion(low=min(every), high=max(every), step=1 if whole else 0.0001)
    gold = {row["task"]: float(row["label"]) for row in rows_of(place / "gold.csv")}
    recorded = Set(answers, dict.fromkeys(answers, question))
    return Ratings(place.name, recorded, {t: g for t, g in gold.items() if t in answers}, question)


def _measure(ratings: Ratings, seeds: int) -> RatingRow:
    length = float(ratings.question.high - ratings.question.low)
    stopping = AnswersWanted(LEAST, MOST, TOLERANCE * length)
    plain = ratings.plain
    stopped = [_judged(ratings, stopping, seed) for seed in range(1, seeds + 1)]
    whole = [_judged(ratings, AnswersWanted(MOST, MOST, 0), seed) for seed in range(1, seeds + 1)]
    squares, absolute = _errors(plain, ratings.gold)
    verdicts = [verdict for run in stopped for verdict in run]
    within = [
        abs(verdict.outcome.answer - plain[verdict.task]) <= verdict.outcome.detail.margin
        for verdict in verdicts
    ]
    return RatingRow(
        name=ratings.name,
        rmse=squares,
        full=1.0,
        all=mean([_errors(_means_of(run), ratings.gold)[0] for run in whole]) / squares,
        quality=mean([_errors(_means_of(run), ratings.gold)[0] for run in stopped]) / squares,
        absolute=mean([_errors(_means_of(run), ratings.gold)[1] for run in stopped]) / absolute,
        used=mean([sum(len(v.ballots) for v in run) for run in stopped]) / ratings.recorded.labels,
        covered=mean(within),
        microseconds=1e6 * mean([verdict.seconds for verdict in verdicts]),
    )


def _judged(ratings: Ratings, wanted: AnswersWanted, seed: int) -> list[Judged]:
    return list(judged(ratings.recorded, AGREEMENT, wanted=wanted, seed=seed))


def _means_of(run: Sequence[Judged]) -> Mapping[str, float]:
    return {verdict.task: float(verdict.outcome.answer) for verdict in run}


def _errors(answers: Mapping[str, float], gold: Mapping[str, float]) -> tuple[float, float]:
    """Return the root of the mean square error, and the mean absolute one."""
    errors = [answers[task] - right for task, right in gold.items()]
    return sqrt(mean([error**2 for error in errors])), mean([abs(error) for error in errors])


def _number(text: str) -> float:
    value = float(text)
    return int(value) if value.is_integer() else value
