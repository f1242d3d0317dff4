"""Outputs that qa composes itself: who may send them, and the task that is made of one."""

import json
from pathlib import Path

import pytest

from services.intake.catalog import load
from services.intake.service import build
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.second_stage import OutputComposed
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.topics import Names
from tests.contracts.samples import sample
from tests.kinds.scene import catalog_of
from tests.kinds.text import SCENE
from tests.support.in_memory import InMemory

COMPOSED = OutputComposed.model_validate(sample("output.composed.v1").value).model_copy(
    update={"task_type": "compare-text"}
)


@pytest.fixture
def intake(tmp_path: Path) -> InMemory:
    """An intake whose catalog has a second stage."""
    catalog = tmp_path / "catalog.json"
    catalog.write_text(json.dumps(catalog_of(SCENE)))
    return InMemory(build(load(catalog), names=Names()))


def test_an_output_of_qa_becomes_a_task_that_no_author_is_asked(intake: InMemory) -> None:
    (task,) = intake.hear(COMPOSED)

    assert isinstance(task, TaskCreated)
    assert task.task_id == COMPOSED.task_id
    assert task.ref == COMPOSED.ref
    assert task.asked is not None
    assert task.asked.candidates == COMPOSED.output.candidates
    assert task.asked.not_for == COMPOSED.not_for
    assert task.gate.reason == "absent"


def test_sent_again_it_changes_nothing(intake: InMemory) -> None:
    intake.hear(COMPOSED)
    intake.forget_outcomes()

    assert intake.hear(COMPOSED) == []
    changed = COMPOSED.model_copy(update={"not_for": ()})
    with pytest.raises(Refused) as refused:
        intake.hear(changed)
    assert refused.value.reason is Reason.ID_REUSE


def test_an_output_of_another_source_is_refused_there(intake: InMemory) -> None:
    ref = COMPOSED.ref.model_copy(update={"source": "/models/mine"})

    with pytest.raises(Refused) as refused:
        intake.hear(COMPOSED.model_copy(update={"ref": ref}))
    assert refused.value.reason is Reason.FOREIGN_SOURCE
