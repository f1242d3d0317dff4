"""Qa from tasks to verdicts: the model is learned from blind tasks alone, and then counts."""

from collections.abc import Iterator, Sequence
from random import Random

import pytest

from services.qa import keys
from services.qa.agreement.choice import tally
from services.qa.agreement.terms import Ballot
from services.qa.witness.hearing import LESSONS_MIN
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.model import Event
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import VerdictReached, Witness
from shared.contracts.topics import VERDICTS
from tests.services.qa.in_memory import CAT, DOG, QA, qa_after
from tests.services.qa.witness.builders import a_witnessed_task
from tests.support.builders import OPTIONS, a_closing, an_answer
from tests.support.facts import facts, folded
from tests.support.in_memory import InMemory

Heard = TaskCreated | AssignmentAnswered


def story(number: int, *answers: str, blind: bool, model: str = CAT, who: str = "w") -> list[Heard]:
    """A task of this number with so many answers, each of somebody else."""
    task = a_witnessed_task(number, blind=blind, answer=model)
    return [
        task,
        *(
            an_answer(f"{who}-{at}", answer, task_id=task.task_id)
            for at, answer in enumerate(answers)
        ),
    ]


@pytest.fixture(scope="module")
def lessons() -> list[Heard]:
    """What a model that is right teaches: tasks judged without it, half of them with `dog`."""
    return [
        event
        for number in range(LESSONS_MIN + 4)
        for said in [CAT if number % 2 else DOG]
        for event in story(number, *[said] * 4, blind=True, model=said)
    ]


def witness_of(events: Sequence[Event]) -> tuple[VerdictReached, Witness]:
    (verdict,) = (event for event in events if isinstance(event, VerdictReached))
    assert verdict.witness is not None
    return verdict, verdict.witness


def test_a_model_counts_once_it_has_shown_enough_and_shortens_asking(lessons: list[Heard]) -> None:
    def of_new_people(*, blind: bool) -> tuple[VerdictReached, Witness]:
        answers = story(90, CAT, CAT, CAT, CAT, blind=blind, who="new")
        return witness_of(qa_after(*lessons).hear(*answers))

    without, _ = of_new_people(blind=True)
    verdict, witness = of_new_people(blind=False)

    assert witness.weight is not None
    assert 0.7 < witness.weight <= max(vote.weight or 0 for vote in verdict.votes)
    assert (witness.left_out, witness.right_milli) == (None, None)
    assert witness.lessons >= LESSONS_MIN
    assert (verdict.wanted, without.wanted) == (2, 3)
    assert verdict.stop_reason == without.stop_reason == "confident"
    assert (verdict.taught, bool(without.taught)) == ({}, True)


def test_lessons_come_from_blind_tasks_alone_and_are_of_people_alone(lessons: list[Heard]) -> None:
    running = qa_after(*lessons)
    taught = [verdict.witness for verdict in running.of(VerdictReached)]

    assert {one.left_out for one in taught if one is not None} == {"blind"}
    assert all(one is not None and (one.right_milli or 0) > 990 for one in taught)
    before = _buckets(running)
    running.hear(*story(0, CAT, CAT, blind=False))
    assert before
    assert _buckets(running) == before


def test_what_workers_learn_is_what_they_would_have_learned_without_it(
    lessons: list[Heard],
) -> None:
    with_it, _ = witness_of(qa_after(*lessons).hear(*story(0, CAT, CAT, blind=False, model=DOG)))
    blind, _ = witness_of(qa_after(*lessons).hear(*story(90, CAT, CAT, blind=True, model=DOG)))

    assert with_it.probability < blind.probability
    assert with_it.lessons == blind.lessons


def test_people_who_are_split_are_left_alone_and_nobody_gives_no_answer(
    lessons: list[Heard],
) -> None:
    running = qa_after(*lessons)
    task, *said = story(0, CAT, DOG, blind=False, who="new")
    names = [f"a-{task.task_id}-new-{at}" for at in range(2)]
    closing = a_closing(names, task_id=task.task_id)
    tied, witness = witness_of(running.hear(task, closing, *said))
    assert (witness.left_out, tied.probability) == ("tied", max(tied.distribution.values()))

    (task,) = story(1, blind=False)
    verdict, witness = witness_of(running.hear(task, a_closing(task_id=task.task_id)))
    assert (verdict.answer, verdict.probability, witness.left_out) == (None, 0, "alone")


def test_the_answer_is_always_that_of_people_alone(lessons: list[Heard]) -> None:
    chance, running = Random(7), qa_after(*lessons)
    for number in range(12):
        answers = [chance.choice(OPTIONS) for _ in range(5)]
        (verdict,) = (
            event
            for event in running.hear(*story(number, *answers, blind=False))
            if isinstance(event, VerdictReached)
        )
        counted = [vote for vote in verdict.votes if vote.weight is not None]
        alone = tally(
            [Ballot(vote.assignment_id, vote.worker_id, str(vote.answer)) for vote in counted],
            OPTIONS,
            {vote.assignment_id: vote.weight for vote in counted if vote.weight is not None},
        )
        assert verdict.answer == alone.answer


def test_a_task_is_judged_alike_whichever_comes_last(lessons: list[Heard]) -> None:
    task, *said = story(0, CAT, CAT, blind=False)
    verdicts = [
        witness_of(qa_after(*lessons).hear(*order))[0] for order in ([task, *said], [*said, task])
    ]
    at_once = qa_after(*lessons).hear_at_once([*said, task])

    assert verdicts[0] == verdicts[1] == witness_of(at_once)[0]


def test_what_was_said_is_dropped_with_the_verdict(lessons: list[Heard]) -> None:
    running = qa_after(*lessons, *story(0, CAT, CAT, blind=False))
    tasks = {name: value for name, value in running.facts().items() if ":task:" in name}

    assert tasks
    assert not any(keys.WITNESS in str(value) for value in tasks.values())


def test_folding_in_any_order_and_twice_gives_the_same(lessons: list[Heard]) -> None:
    running = qa_after(*lessons, *story(0, CAT, CAT, blind=False))
    journal = [*_journal(running, lessons), *_journal(running, story(0, CAT, CAT, blind=False))]
    shuffled = [*journal, *journal]
    Random(3).shuffle(shuffled)

    assert facts(folded(QA, shuffled).items()) == running.facts()


def _buckets(running: InMemory) -> dict[str, object]:
    return {key: held for key, held in running.facts().items() if ":reliability:animals:@" in key}


def _journal(running: InMemory, heard: Sequence[Event]) -> Iterator[tuple[Event, int]]:
    yield from ((event, 0) for event in heard)
    yield from ((event, 0) for event in running.announced if event.TOPIC is VERDICTS)
