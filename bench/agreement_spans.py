"""Agreement on spans, on planted truth: people who miss, invent, shift borders, mix up labels."""

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import mean

from bench.bars import Bar
from bench.judging import Knowledge
from bench.planted import averaged, workforce
from services.qa.agreement.spans import SpansTally, lessons, tally, weigh
from services.qa.agreement.terms import Ballot
from shared.contracts.question import Answer
from shared.contracts.questions.spans import Span, SpansQuestion, as_answer, spans_of

QUALITY = "exact F1"
GAIN_MIN, SURE = 0.03, 0.95
TEXTS, PLACES, CHARACTERS = 300, 50, 2_000
ANSWERS = (2, 3, 5, 7)
QUESTION = SpansQuestion(labels=("name", "place", "date"), length=CHARACTERS)
SHIFTS = (-3, -2, -1, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class SpansRow:
    """One number of answers: F1 of exact spans by majority of each character (full) and by ours.

    full_overlap, overlap: the same where spans of one label count by the characters they share.
    sure: the share of spans with 0.95 and more; sure_right: how many of these overlap a true one.
    """

    name: str
    full: float
    quality: float
    full_overlap: float
    overlap: float
    sure: float
    sure_right: float
    milliseconds: float
    used: float = 1.0

    def __str__(self) -> str:
        gain = 100 * (self.quality - self.full)
        by_overlap = 100 * (self.overlap - self.full_overlap)
        return (
            f"{self.name:<18}{self.full:>9.3f}{self.quality:>7.3f}{gain:>+7.1f}"
            f"{self.full_overlap:>10.3f}{self.overlap:>9.3f}{by_overlap:>+7.1f}"
            f"{self.sure:>7.0%}{self.sure_right:>7.3f}{self.milliseconds:>6.1f}"
        )


def header() -> str:
    """Return the titles of the columns."""
    return (
        f"{'planted':<18}{'majority':>9}{'exact':>7}{'gain':>7}{'majority':>10}{'overlap':>9}"
        f"{'gain':>7}{'sure':>7}{'right':>7}{'ms':>6}"
    )


def measured(_: Path, seeds: int) -> Iterator[SpansRow]:
    """Measure each number of answers on planted truth: no recorded set has spans."""
    for answers in ANSWERS:
        yield averaged(
            f"{answers} answers", [_measure(answers, seed) for seed in range(1, seeds + 1)]
        )


def means(rows: Sequence[SpansRow]) -> SpansRow:
    """Return the line below the table."""
    return averaged(f"mean of {len(rows)}", rows)


def bars(rows: Sequence[SpansRow]) -> Iterator[Bar]:
    """Yield what is promised: F1 above that of the majority of the same answers."""
    yield Bar("exact F1 above majority", min(r.quality - r.full for r in rows), least=GAIN_MIN)
    yield Bar(
        "F1 by overlap above majority",
        min(r.overlap - r.full_overlap for r in rows),
        least=GAIN_MIN,
    )
    yield Bar("of spans at 0.95, true", mean(row.sure_right for row in rows), least=0.95)


def _measure(answers: int, seed: int) -> SpansRow:
    """Judge texts in turn, each by this many people; each verdict teaches the next."""
    chance, knowledge = random.Random(seed), Knowledge()
    people = workforce(chance)
    scores: list[tuple[float, ...]] = []
    sure: list[bool] = []
    spans, seconds = 0, 0.0
    for _ in range(TEXTS):
        truth, decoys = _text(chance)
        ballots = [
            Ballot(
                f"{chance.getrandbits(64):016x}",
                worker,
                as_answer(_marked(chance, people[worker], truth, decoys)),
            )
            for worker in chance.sample(sorted(people), answers)
        ]
        started = time.process_time()
        verdict = _verdict(ballots, knowledge)
        seconds += time.process_time() - started
        knowledge.learn(lessons(verdict, ballots))
        plain, ours = _majority([spans_of(one.answer) for one in ballots]), list(verdict.sure)
        of_each = [(_f1(marked, truth), _overlap(marked, truth)) for marked in (plain, ours)]
        scores.append((*of_each[0], *of_each[1]))
        spans += len(ours)
        sure += [_hits(span, truth) for span, p in verdict.sure.items() if p >= SURE]
    full, full_overlap, quality, overlap = map(mean, zip(*scores, strict=True))
    return SpansRow(
        name=f"{answers} answers",
        full=full,
        quality=quality,
        full_overlap=full_overlap,
        overlap=overlap,
        sure=len(sure) / max(1, spans),
        sure_right=mean(sure) if sure else 1.0,
        milliseconds=1e3 * seconds / TEXTS,
    )


def _verdict(ballots: Sequence[Ballot[Answer]], knowledge: Knowledge) -> SpansTally:
    weights = {
        one.assignment_id: weigh(
            one.answer, QUESTION, knowledge.worker(one.worker_id), knowledge.population
        )
        for one in ballots
    }
    return tally(ballots, QUESTION, weights)


def _majority(answers: Sequence[Sequence[Span]]) -> list[Span]:
    """Return the runs of what most people gave each character; a tie is for no mark."""
    marks = [[""] * CHARACTERS for _ in answers]
    for row, spans in zip(marks, answers, strict=True):
        for start, end, label in spans:
            row[start:end] = [label] * (end - start)
    winners = []
    for given in zip(*marks, strict=True):
        counts = Counter(given)
        top = max(counts.values())
        winners.append(min(label for label, count in counts.items() if count == top))
    runs = groupby(range(CHARACTERS), key=winners.__getitem__)
    places = [(label, list(places)) for label, places in runs if label]
    return [Span(at[0], at[-1] + 1, label) for label, at in places]


def _f1(one: Sequence[Span], other: Sequence[Span]) -> float:
    if not one and not other:
        return 1.0
    return 2 * len(set(one) & set(other)) / (len(one) + len(other))


def _overlap(one: Sequence[Span], other: Sequence[Span]) -> float:
    """Return F1 in which a pair of one label counts by the characters they share."""
    shared = sum(
        2 * max(0, min(a.end, b.end) - max(a.start, b.start)) / (a.end - a.start + b.end - b.start)
        for a in one
        for b in other
        if a.label == b.label
    )
    return 2 * shared / (len(one) + len(other)) if one or other else 1.0


def _hits(span: Span, truth: Sequence[Span]) -> bool:
    return any(
        one.label == span.label and one.start < span.end and span.start < one.end for one in truth
    )


def _text(chance: random.Random) -> tuple[list[Span], list[Span]]:
    """Return what is to be marked in a text, and places that look so and are not."""
    room = CHARACTERS // PLACES
    truth: list[Span] = []
    decoys: list[Span] = []
    for place in range(PLACES):
        length = chance.randint(4, 20)
        start = place * room + chance.randint(1, room - length - 4)
        span = Span(start, start + length, chance.choice(QUESTION.labels))
        kind = chance.random()
        if kind < 0.5:
            (truth if kind < 0.4 else decoys).append(span)
    return truth, decoys


def _marked(
    chance: random.Random, skill: float | None, truth: Sequence[Span], decoys: Sequence[Span]
) -> list[Span]:
    """Return a person's spans; `skill` None is somebody who marks anything."""
    if skill is None:
        return _apart([_somewhere(chance) for _ in truth])
    wrong = 1 - skill
    marked = [_seen(chance, span, wrong) for span in truth if chance.random() < skill]
    marked += [span for span in decoys if chance.random() < wrong]
    marked += [_somewhere(chance) for _ in truth if chance.random() < wrong / 2]
    return _apart(marked)


def _seen(chance: random.Random, span: Span, wrong: float) -> Span:
    """Return a span as a person marks it: each border may be off, and the label another."""
    start, end, label = span
    if chance.random() < wrong:
        start = max(0, start + chance.choice(SHIFTS))
    if chance.random() < wrong:
        end = min(CHARACTERS, end + chance.choice(SHIFTS))
    if chance.random() < wrong / 3:
        label = chance.choice([other for other in QUESTION.labels if other != label])
    return Span(start, end, label)


def _somewhere(chance: random.Random) -> Span:
    length = chance.randint(4, 20)
    start = chance.randint(0, CHARACTERS - length)
    return Span(start, start + length, chance.choice(QUESTION.labels))


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Return the spans that are not empty and do not overlap the one before."""
    kept: list[Span] = []
    for span in sorted(spans):
        if span.start < span.end and (not kept or kept[-1].end <= span.start):
            kept.append(span)
    return kept
