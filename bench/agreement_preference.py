"""Comparisons of two, recorded with ties, against the majority of all answers."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean

from bench.bars import Bar
from bench.crowds import rows_of
from bench.online import Judged, Set, judged
from bench.replay import majority
from services.qa.agreement.preference import AGREEMENT
from services.qa.agreement.terms import AnswersWanted
from shared.contracts.question import Answer
from shared.contracts.questions.preference import PreferenceQuestion, places_of

QUALITY = "as all, or as gold"
INDEXED_AS = "pairwise-pref"
"""What the INDEX.csv of a folder calls a set of comparisons."""
TIES = frozenset({"0", "=", "both", "draw", "equal", "s", "same", "t", "tie"})
"""Labels by which recorded sets call two candidates equal."""
WANTED = AnswersWanted(1, 100, 0.95)
GOLD_USED_MAX, USED_MAX, SAME_MIN, MICROSECONDS_MAX = 0.60, 0.75, 0.95, 1000.0


@dataclass(frozen=True, slots=True)
class Comparisons:
    """One set: by task the (worker, label) pairs, the gold labels, and each label's answer."""

    name: str
    labels: Mapping[str, Sequence[tuple[str, str]]]
    gold: Mapping[str, str]
    answers: Mapping[str, Answer]
    question: PreferenceQuestion


@dataclass(frozen=True, slots=True)
class PreferenceRow:
    """One set's line: shares of 1.

    With gold labels `full` is how often the majority of all answers is right, and `quality` how
    often ours is; without, `full` is 1 and `quality` the share `same`. `same` is how often ours is
    a label that no other has more of all answers than.
    """

    name: str
    gold: bool
    full: float
    quality: float
    same: float
    used: float
    per_task: float
    stated: float
    microseconds: float

    def __str__(self) -> str:
        full = f"{self.full:.3f}" if self.gold else "-"
        ours = f"{self.quality:.3f}" if self.gold else "-"
        gain = f"{100 * (self.quality - self.full):+.1f}" if self.gold else "-"
        return (
            f"{self.name:<18}{full:>9}{ours:>7}{gain:>7}{self.same:>8.3f}{self.used:>8.0%}"
            f"{self.per_task:>9.2f}{self.stated:>8.3f}{self.microseconds:>6.0f}"
        )


def header() -> str:
    """Return the titles of the columns."""
    return (
        f"{'set':<18}{'majority':>9}{'ours':>7}{'gain':>7}{'as all':>8}{'labels':>8}"
        f"{'per task':>9}{'stated':>8}{'us':>6}"
    )


def measured(folder: Path, seeds: int) -> Iterator[PreferenceRow]:
    """Replay each set of comparisons, with gold labels or without."""
    crowds = list(recorded(folder))
    if not crowds:
        return
    with ProcessPoolExecutor() as pool:
        yield from pool.map(partial(measure, seeds=seeds), crowds)


def means(rows: Sequence[PreferenceRow]) -> PreferenceRow:
    """Return the means over the sets, those of gold labels over the sets that have them."""
    golds = [row for row in rows if row.gold] or rows
    return PreferenceRow(
        name=f"mean of {len(rows)}",
        gold=any(row.gold for row in rows),
        full=mean(row.full for row in golds),
        quality=mean(row.quality for row in golds),
        same=mean(row.same for row in rows),
        used=mean(row.used for row in rows),
        per_task=mean(row.per_task for row in rows),
        stated=mean(row.stated for row in rows),
        microseconds=mean(row.microseconds for row in rows),
    )


def bars(rows: Sequence[PreferenceRow]) -> Iterator[Bar]:
    """Yield what comparisons promise, with gold labels and without."""
    for row in rows:
        if row.gold:
            yield Bar(f"{row.name} against the majority", row.quality - row.full, least=0.0)
        else:
            yield Bar(f"{row.name} as the majority", row.same, least=SAME_MIN)
        most = GOLD_USED_MAX if row.gold else USED_MAX
        yield Bar(f"{row.name} share of the answers", row.used, most=most)
    slowest = max(row.microseconds for row in rows)
    yield Bar("microseconds of a decision", slowest, most=MICROSECONDS_MAX)


def measure(crowd: Comparisons, seeds: int) -> PreferenceRow:
    """Replay one set once per seed and average."""
    answers = {
        task: [(worker, crowd.answers[label]) for worker, label in given]
        for task, given in crowd.labels.items()
    }
    asked = Set(answers, dict.fromkeys(answers, crowd.question))
    verdicts = [
        verdict
        for seed in range(1, seeds + 1)
        for verdict in judged(asked, AGREEMENT, wanted=WANTED, seed=seed)
    ]
    used = sum(len(verdict.ballots) for verdict in verdicts) / seeds
    same = mean(_is_of_most(crowd, verdict) for verdict in verdicts)
    golds = [verdict for verdict in verdicts if verdict.task in crowd.gold]
    full = [majority([a for _, a in crowd.labels[t]], right) for t, right in crowd.gold.items()]
    return PreferenceRow(
        name=crowd.name,
        gold=bool(golds),
        full=mean(full) if golds else 1.0,
        quality=mean(_label(crowd, v) == crowd.gold[v.task] for v in golds) if golds else same,
        same=same,
        used=used / asked.labels,
        per_task=used / len(answers),
        stated=mean(verdict.outcome.probability for verdict in verdicts),
        microseconds=1e6 * mean(verdict.seconds for verdict in verdicts),
    )


def recorded(folder: Path) -> Iterator[Comparisons]:
    """Yield the sets that the folder's INDEX.csv calls comparisons of two, by name."""
    index = folder / "INDEX.csv"
    kinds = {row["name"]: row["kind"] for row in rows_of(index)} if index.exists() else {}
    for labels in sorted(folder.glob("*/labels.csv")):
        if kinds.get(labels.parent.name) == INDEXED_AS:
            yield _read(labels, labels.with_name("gold.csv"))


def _read(labels: Path, gold: Path) -> Comparisons:
    given: dict[str, list[tuple[str, str]]] = {}
    for row in rows_of(labels):
        given.setdefault(row["task"], []).append((row["worker"], row["label"]))
    right = {row["task"]: row["label"] for row in rows_of(gold)} if gold.exists() else {}
    said = sorted({label for answers in given.values() for _, label in answers})
    ties = [label for label in said if label in TIES]
    one, other = (label for label in said if label not in TIES)
    answers: dict[str, Answer] = {
        one: {"ranking": [[one], [other]]},
        other: {"ranking": [[other], [one]]},
        **{label: {"ranking": [[one, other]]} for label in ties},
    }
    return Comparisons(
        name=labels.parent.name,
        labels=given,
        gold={task: label for task, label in right.items() if task in given},
        answers=answers,
        question=PreferenceQuestion(candidates=(one, other), ties=bool(ties)),
    )


def _label(crowd: Comparisons, verdict: Judged) -> str | None:
    places = places_of(verdict.outcome.answer)
    return next((a for a, answer in crowd.answers.items() if places_of(answer) == places), None)


def _is_of_most(crowd: Comparisons, verdict: Judged) -> bool:
    counts = Counter(label for _, label in crowd.labels[verdict.task])
    return counts[_label(crowd, verdict) or ""] == max(counts.values())
