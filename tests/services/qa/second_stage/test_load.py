"""Large answers to a first task are loaded where its second may be decided, and nowhere else."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.qa import keys, load
from services.qa.service import HANDLERS
from services.qa.state import Cause
from services.qa.to_state import second_of, task_type_of
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.model import Event
from shared.contracts.events.second_stage import SecondRequested, first_task_of
from shared.contracts.events.verdicts import VerdictReached
from shared.pattern.service import Row
from shared.state.changes import Read, hash_of
from tests.services.qa.in_memory import QA, qa_after
from tests.services.qa.second_stage.builders import (
    FIRST,
    a_closing_of_second,
    a_text,
    a_text_task,
    due_of,
    second_of_request,
)
from tests.support.builders import a_closing, after
from tests.support.in_memory import InMemory

LONG = tuple(letter * 2_000 for letter in "abc")
WRITERS = ("w-1", "w-2", "w-3")


def waiting_for_its_second() -> tuple[InMemory, SecondRequested]:
    """Return a qa with a task that waits for the ranking of three long texts."""
    texts = (a_text(worker, text) for worker, text in zip(WRITERS, LONG, strict=True))
    running = qa_after(a_text_task(), *texts)
    (requested,) = running.of(SecondRequested)
    return running, requested


def large_keys(running: InMemory, event: Event) -> int:
    """Return how many keys of large answers the event loads, whether or not they exist."""
    row = QA.row(event)
    assert row is not None
    return sum(":large:" in key for key in running.twin.fetch(row.load.reads(event)))


def test_texts_are_loaded_for_the_ranking_that_decides_and_for_no_event_before() -> None:
    running, requested = waiting_for_its_second()
    task, first, second, third = second_of_request(requested, running)
    for event in (task, first):
        assert large_keys(running, event) == 0
        running.hear(event)
    for event in (second, third):  # each is the last that is wanted by then
        assert large_keys(running, event) == len(LONG)
        running.hear(event)
    assert large_keys(running, first) == 0, "both verdicts are in"

    verdict = running.of(VerdictReached)[-1]
    assert (verdict.task_id, verdict.answer) == (FIRST, {"text": LONG[0]})


def test_a_second_task_that_ends_without_a_ranking_finds_the_texts() -> None:
    for order in ([0, 1], [1, 0]):
        running, requested = waiting_for_its_second()
        task, *_ = second_of_request(requested, running)
        events = task, a_closing_of_second(requested)
        running.hear(*(events[number] for number in order))

        verdict = running.of(VerdictReached)[-1]
        assert (verdict.task_id, verdict.answer) == (FIRST, {"text": LONG[0]}), order


def test_a_second_stage_that_is_silent_finds_the_texts() -> None:
    running, requested = waiting_for_its_second()
    due = due_of(requested)
    assert large_keys(running, due) == len(LONG)
    running.now = after(100_000_000)
    running.hear(due)

    (verdict,) = running.of(VerdictReached)
    assert verdict.answer == {"text": LONG[0]}


def test_a_task_that_waits_loads_none_of_its_texts_for_what_comes_late() -> None:
    running, _ = waiting_for_its_second()
    for event in (
        a_closing([f"a-{FIRST}-{worker}" for worker in WRITERS]),
        a_text("w-4", "late", late=True),
    ):
        assert large_keys(running, event) == 0
        running.hear(event)
    assert running.of(VerdictReached) == []


# --- the same in every order ---------------------------------------------------------------------


def _everything(event: Cause) -> Sequence[Read]:
    """Return reads of both tasks, their workers and all their texts, whatever is needed."""
    pool, task_type = event.pool, task_type_of(event)
    reads = [hash_of(keys.population(pool, task_type))]
    for task_id in filter(None, (event.task_id, first_task_of(event.task_id))):
        each = (
            hash_of(keys.reliabilities(pool, task_type)),
            hash_of(keys.large_answers_to(pool, task_id)),
        )
        reads.append(hash_of(keys.task(pool, task_id), field=keys.ANSWER, then=each))
    if isinstance(event, AssignmentAnswered):
        reads.append(hash_of(keys.reliability(pool, task_type, event.worker_id)))
    return reads


_WHOLE: dict[Any, Any] = {
    load.task: replace(load.task, reads=_everything),
    load.both_stages: replace(load.both_stages, reads=lambda event: _everything(second_of(event))),
}
ROWS: tuple[Row[Any, Any], ...] = HANDLERS
PLAIN = replace(QA, rows=tuple(replace(row, load=_WHOLE.get(row.load, row.load)) for row in ROWS))


@settings(max_examples=60)
@given(data=st.data(), keeps_outcomes=st.booleans())
def test_what_is_loaded_of_two_stages_is_decided_as_if_all_were_loaded(
    data: st.DataObject, keeps_outcomes: bool
) -> None:
    in_part, plain = (InMemory(one, keeps_outcomes=keeps_outcomes) for one in (QA, PLAIN))
    named = [f"a-{FIRST}-{worker}" for worker in WRITERS]
    texts = [a_text(worker, data.draw(st.sampled_from(LONG))) for worker in WRITERS]
    stage: list[Event] = [a_text_task(), *texts, a_text("w-4", LONG[0], late=True)]
    second_heard = False
    while True:
        heard = data.draw(st.permutations(stage))
        ends = sorted(data.draw(st.sets(st.integers(1, len(heard)))) | {0, len(heard)})
        for start, end in pairwise(ends):
            for running in (in_part, plain):
                running.hear_at_once(heard[start:end])
        requested = in_part.of(SecondRequested)
        asked = requested and not any(task.decided_by for task in in_part.of(VerdictReached))
        if not asked or second_heard:
            break
        second_heard = True
        named_last = data.draw(st.sampled_from(([], ["r-1"])))
        closing = a_closing_of_second(requested[0], *named_last)
        stage = [
            *second_of_request(requested[0], in_part),
            *data.draw(st.sampled_from(([], [closing]))),
            due_of(requested[0]),
            a_closing(named),
            a_text("w-5", LONG[1], late=True),
        ]

    assert in_part.published == plain.published
    assert in_part.facts() == plain.facts()
