"""Who accepts every draft unread is found out as who answers at random is: by the others."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest

from bench.judging import Knowledge
from sentuh.demo.kinds.record import MATERIAL as INVOICES
from sentuh.demo.kinds.spans import LABELS
from sentuh.demo.kinds.spans import MATERIAL as MESSAGES
from sentuh.demo.people import answer_of
from sentuh.demo.voices.sentences import ENGLISH
from sentuh.demo.workforce import Person, ShownTask, deed, workforce
from services.qa.agreement import agreement_on
from services.qa.agreement.reliability import estimate
from services.qa.agreement.terms import Ballot
from shared.contracts.question import Answer
from shared.contracts.questions.record import ChoiceField, NumberField, RecordQuestion, TextField
from shared.contracts.questions.spans import SpansQuestion
from shared.contracts.questions.transcript.question import TranscriptQuestion

SEED, TASKS = 1, 40
INVOICE = RecordQuestion(
    fields=(
        TextField(name="seller"),
        NumberField(name="total", low=0, decimals=2),
        ChoiceField(name="currency", options=("EUR", "IDR", "JPY", "USD")),
        TextField(name="issued_on"),
        TextField(name="paid_on", required=False),
    )
)
HEARD = TranscriptQuestion(language="en", rules=("case", "punctuation"))
UNREAD, RANDOM = "reads no draft", "at random"


def records() -> Iterator[ShownTask]:
    for made in INVOICES.outputs(SEED, TASKS):
        yield ShownTask(made.id, made.truth, INVOICE, made.model_answer)


def spans() -> Iterator[ShownTask]:
    for made in MESSAGES.outputs(SEED, TASKS):
        text = made.envelope["response"]["text"]  # type: ignore[call-overload,index]
        asks = SpansQuestion(labels=LABELS, length=len(str(text)))
        yield ShownTask(made.id, made.truth, asks, made.model_answer)


def transcripts() -> Iterator[ShownTask]:
    for at in range(TASKS):
        truth: Answer = {"text": ENGLISH[at % len(ENGLISH)]}
        draft = answer_of(0.5, ("draft", at), truth=truth, question=HEARD)
        yield ShownTask(f"heard-{at}", truth, HEARD, draft)


@cache
def people() -> dict[str, Person]:
    """Return five good people, one as good who reads no draft, and one who answers at random."""
    everybody = workforce(20, SEED)
    good = max(everybody, key=lambda person: person.accuracy or 0)
    named = {f"good-{at}": replace(good, accepts_unread=0.05) for at in range(5)}
    named[UNREAD] = replace(good, accepts_unread=1.0)
    named[RANDOM] = replace(good, accuracy=None)
    return {name: replace(person, worker_id=name) for name, person in named.items()}


def reliabilities(tasks: list[ShownTask]) -> dict[str, float]:
    """Return how reliable qa finds each of them after these tasks."""
    knowledge = Knowledge()
    for task in tasks:
        agreement = agreement_on(task.question)
        said = {name: deed(person, SEED, task).answer for name, person in people().items()}
        ballots = [Ballot(name, name, task.question.canonical(said[name])) for name in said]
        population = knowledge.population
        weights = {
            one.assignment_id: agreement.weigh(
                one.answer, task.question, knowledge.worker(one.worker_id), population
            )
            for one in ballots
        }
        outcome = agreement.tally(ballots, task.question, weights, None)
        knowledge.learn(agreement.lessons(outcome, ballots))
    population = knowledge.population
    return {name: estimate(knowledge.worker(name), population) for name in people()}


@pytest.mark.parametrize("made", [records, spans, transcripts])
def test_the_reliability_of_who_reads_no_draft_falls(
    made: Callable[[], Iterator[ShownTask]],
) -> None:
    tasks = [*made()]
    blind = [replace(task, draft=None) for task in tasks]
    drafted, alone = reliabilities(tasks), reliabilities(blind)
    worst_reader = min(drafted[name] for name in drafted if name.startswith("good"))

    assert all(deed(people()[UNREAD], SEED, task).answer == task.draft for task in tasks)
    assert drafted[RANDOM] < drafted[UNREAD] < worst_reader - 0.05
    assert drafted[UNREAD] < alone[UNREAD] - 0.15
