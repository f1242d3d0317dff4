"""What drafts lead people to, counted on a journal small enough to count by hand."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from sentuh.demo import drafts as module
from sentuh.demo.drafts import AT_RANDOM, OTHERS, UNREAD, Anchoring, anchoring
from sentuh.demo.journal import Journal
from sentuh.demo.kinds.terms import Material
from sentuh.demo.kinds.transcript import wrong_words
from sentuh.demo.material import Truth
from sentuh.demo.tables import drafts_table, reliability_table
from sentuh.demo.workforce import workforce
from shared.contracts.events.assignments import AssignmentAnswered
from shared.contracts.events.verdicts import VerdictReached
from tests.sentuh.demo.test_numbers import a_verdict
from tests.support.builders import TASK_TYPE, an_answer

TRUTHS = {
    truth.task_id: truth
    for truth in (
        Truth("/m", "1", TASK_TYPE, truth="a b", model_answer="a x", kind="heard"),
        Truth("/m", "2", TASK_TYPE, truth="c d", model_answer="c d", kind="heard"),
        Truth("/m", "3", TASK_TYPE, truth="e", model_answer="f"),
    )
}
FIRST, SECOND, CHOICE = TRUTHS
ORDINARY = workforce(20, 1)[0]
PEOPLE = {
    "w-1": replace(ORDINARY, accuracy=0.8, accepts_unread=0.05),
    "w-2": replace(ORDINARY, accuracy=0.8, accepts_unread=1.0),
    "w-3": replace(ORDINARY, accuracy=None),
}


@pytest.fixture(autouse=True)
def _one_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be one kind with drafts, whose answers are a few words."""
    material = Material(
        outputs=lambda _, __: [],
        measure=lambda answer, truth: wrong_words({"text": answer}, {"text": truth}),
        measures="wrong words",
    )
    monkeypatch.setattr(module, "MATERIALS", {"heard": material})


def begun(worker: str, answer: str, task_id: str, **facts: bool) -> AssignmentAnswered:
    return an_answer(worker, answer, task_id=task_id).model_copy(update=facts)


def taught(task_id: str, votes: dict[str, str], lessons: dict[str, int]) -> VerdictReached:
    verdict = a_verdict(task_id, "a b", votes, probability=0.9, seconds=3)
    by_worker = {worker: {"answers": 1, "agreed_milli": milli} for worker, milli in lessons.items()}
    return verdict.model_copy(update={"lessons": by_worker})


@pytest.fixture
def counted() -> Anchoring:
    votes = {"w-1": "a b", "w-2": "a x", "w-3": "z z"}
    events = [
        begun("w-1", "a b", FIRST, drafted=True, unchanged=False),
        begun("w-2", "a x", FIRST, drafted=True, unchanged=True),
        begun("w-3", "z z", FIRST, drafted=False, unchanged=False),
        begun("w-1", "c d", SECOND, drafted=False, unchanged=True),
        begun("w-2", "c d", SECOND, drafted=True, unchanged=True, late=True),
        an_answer("w-1", "f", task_id=CHOICE),
        taught(FIRST, votes, {"w-1": 900, "w-2": 500, "w-3": 0}),
        taught(SECOND, {"w-1": "c d"}, {"w-1": 700}),
    ]
    return anchoring(Journal.of(events), TRUTHS, PEOPLE)


def test_votes_that_began_from_a_draft_are_measured_beside_blind_ones(counted: Anchoring) -> None:
    (row,) = counted.by_type

    assert (row.kind, row.task_type, row.draft) == ("heard", TASK_TYPE, 0.25)
    assert (row.drafted_answers, row.drafted, row.unchanged) == (2, 0.25, 0.5)
    assert (row.blind_answers, row.blind) == (2, 0.5)


def test_people_are_told_apart_by_how_they_treat_drafts(counted: Anchoring) -> None:
    rows = {
        row.who: (row.people, row.answers, row.agreed, row.weight) for row in counted.reliability
    }

    assert rows == {UNREAD: (1, 1, 0.5, 0.8), AT_RANDOM: (1, 1, 0.0, 0.8), OTHERS: (1, 2, 0.8, 0.8)}
    assert {row.task_type for row in counted.reliability} == {TASK_TYPE}


def test_where_nobody_has_a_draft_there_is_nothing_to_say() -> None:
    assert anchoring(Journal.of([an_answer(task_id=FIRST)]), TRUTHS, PEOPLE) == Anchoring([], [])


def test_the_tables_say_how_often_drafts_were_left_as_they_were(counted: Anchoring) -> None:
    out = Console(file=StringIO(), width=160)
    out.print(drafts_table(counted.by_type))
    out.print(reliability_table(counted.reliability))
    shown = out.file.getvalue()  # type: ignore[attr-defined]

    assert "25.0% of 2" in shown
    assert "50.0% of 2" in shown
    assert UNREAD in shown
    assert "50% of 1 (0.80)" in shown
