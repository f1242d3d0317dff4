"""Agreement on records, on planted truth: people who mistype, skip and mix up fields."""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from bench.bars import Bar
from bench.judging import Knowledge
from bench.planted import averaged, workforce
from services.qa.agreement.record import lessons, tally, weigh
from services.qa.agreement.terms import Ballot
from shared.contracts.question import Answer
from shared.contracts.questions.record import (
    AnyField,
    ChoiceField,
    DateField,
    NumberField,
    RecordQuestion,
    TextField,
)

QUALITY = "fields right"
GAIN_MIN = 0.03
RECORDS = 300
ANSWERS = (2, 3, 5)
CURRENCIES = ("EUR", "IDR", "SGD", "USD")
QUESTION = RecordQuestion(
    fields=(
        TextField(name="seller"),
        TextField(name="invoice_number", case=True),
        DateField(name="issued_on"),
        NumberField(name="total", decimals=2),
        ChoiceField(name="currency", options=CURRENCIES),
        TextField(name="note", required=False),
        NumberField(name="tax", decimals=2, required=False),
    )
)
NAMES = ("Sumber Rejeki", "Toko Maju Jaya", "Northgate Supplies", "Kopi Pagi", "Blue Harbour")
Record = dict[str, Answer]


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One number of answers: the share of fields that are right by plurality (full) and by ours.

    sure: the share of fields with 0.95 and more; sure_right: how many of these are right.
    """

    name: str
    full: float
    quality: float
    sure: float
    sure_right: float
    microseconds: float
    used: float = 1.0

    def __str__(self) -> str:
        gain = 100 * (self.quality - self.full)
        return (
            f"{self.name:<18}{self.full:>9.3f}{self.quality:>8.3f}{gain:>+7.1f}{self.sure:>9.0%}"
            f"{self.sure_right:>9.3f}{self.microseconds:>7.0f}"
        )


def header() -> str:
    """Return the titles of the columns."""
    return f"{'planted':<18}{'majority':>9}{'ours':>8}{'gain':>7}{'sure':>9}{'right':>9}{'us':>7}"


def measured(_: Path, seeds: int) -> Iterator[RecordRow]:
    """Measure each number of answers on planted truth: no recorded set has records."""
    for answers in ANSWERS:
        yield averaged(
            f"{answers} answers", [_measure(answers, seed) for seed in range(1, seeds + 1)]
        )


def means(rows: Sequence[RecordRow]) -> RecordRow:
    """Return the line below the table."""
    return averaged(f"mean of {len(rows)}", rows)


def bars(rows: Sequence[RecordRow]) -> Iterator[Bar]:
    """Yield what is promised: fields right above the plurality of the same answers."""
    few = [row.quality - row.full for row in rows[:-1]]
    yield Bar("fields right above plurality, 2 and 3 answers", min(few), least=GAIN_MIN)
    most = rows[-1]
    yield Bar(f"fields right above plurality, {most.name}", most.quality - most.full, least=0.0)
    sure = min(row.sure_right for row in rows[1:])
    yield Bar("of fields at 0.95, right, 3 and 5 answers", sure, least=0.95)


def _measure(answers: int, seed: int) -> RecordRow:
    """Judge records in turn, each by this many people; each verdict teaches the next."""
    chance, knowledge = random.Random(seed), Knowledge()
    people = workforce(chance)
    plain, ours, sure, seconds = [], [], [], 0.0
    for _ in range(RECORDS):
        truth = _record(chance)
        filled = {
            worker: _filled(chance, truth, people[worker])
            for worker in chance.sample(sorted(people), answers)
        }
        ballots: list[Ballot[Answer]] = [
            Ballot(f"{chance.getrandbits(64):016x}", worker, record)
            for worker, record in filled.items()
        ]
        started = time.process_time()
        weights = {
            one.assignment_id: weigh(
                one.answer, QUESTION, knowledge.worker(one.worker_id), knowledge.population
            )
            for one in ballots
        }
        verdict = tally(ballots, QUESTION, weights)
        seconds += time.process_time() - started
        knowledge.learn(lessons(verdict, ballots))
        for field in QUESTION.fields:
            right = truth.get(field.name)
            plain.append(_majority([record.get(field.name) for record in filled.values()], right))
            got = verdict.fields[field.name]
            ours.append(got.value == right)
            if got.probability >= 0.95:
                sure.append(got.value == right)
    return RecordRow(
        name=f"{answers} answers",
        full=mean(plain),
        quality=mean(ours),
        sure=len(sure) / len(ours),
        sure_right=mean(sure) if sure else 1.0,
        microseconds=1e6 * seconds / RECORDS,
    )


def _majority(values: Sequence[Answer], truth: Answer) -> float:
    """Return the chance that counting is right when ties are broken at random."""
    counts = Counter(map(str, values))
    top = max(counts.values())
    return (counts[str(truth)] == top) / sum(count == top for count in counts.values())


def _record(chance: random.Random) -> Record:
    cents = chance.randint(1_000, 9_999_999)
    day = f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    record: Record = {
        "seller": chance.choice(NAMES),
        "invoice_number": f"INV-{chance.randint(1000, 99999)}",
        "issued_on": day,
        "total": f"{cents / 100:.2f}",
        "currency": chance.choice(CURRENCIES),
    }
    if chance.random() < 0.5:
        record["note"] = f"paid by {chance.choice(NAMES)}"
    if chance.random() < 0.7:
        record["tax"] = f"{cents / 1000:.2f}"
    return record


def _filled(chance: random.Random, truth: Record, skill: float | None) -> Record:
    """Return a person's record; `skill` is None of somebody who fills in anything.

    A wrong value is in one case of three the one that most who err here give.
    """
    filled: Record = {}
    for field in QUESTION.fields:
        value = truth.get(field.name)
        if skill is None:
            value = _wrong(chance, field, _record(chance).get(field.name))
        elif chance.random() >= skill:
            value = _wrong(chance, field, value)
        if value is None and field.required:
            value = truth[field.name]
        if value is not None:
            filled[field.name] = value
    return filled


def _wrong(chance: random.Random, field: AnyField, value: Answer) -> Answer:
    if not field.required and chance.random() < 0.4:
        return None
    if isinstance(field, ChoiceField):
        return chance.choice([option for option in field.options if option != value])
    if value is None:
        return _value(chance, field.name)
    tempting = chance.random() < 1 / 3
    text = str(value)
    if isinstance(field, DateField):
        return (
            f"{text[:-2]}{(int(text[-2:]) % 28) + 1:02}" if tempting else _value(chance, field.name)
        )
    places = [at for at, letter in enumerate(text) if letter.isalnum()]
    at = places[-1] if tempting else chance.choice(places)
    letters = "0123456789" if text[at].isdigit() else "abcdefghijklmnopqrstuvwxyz"
    other = [letter for letter in letters if letter != text[at].lower()]
    letter = other[0] if tempting else chance.choice(other)
    return f"{text[:at]}{letter}{text[at + 1 :]}"


def _value(chance: random.Random, name: str) -> Answer:
    values: Iterator[Answer] = (_record(chance).get(name) for _ in range(20))
    return next((value for value in values if value is not None), None)
