"""Outputs that qa composes itself: who may send them, and the task that is made of one."""

import json
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from services.intake.catalog import load
from services.intake.metrics import IntakeMetrics
from services.intake.service import build
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence
from shared.contracts.events.second_stage import OutputComposed
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.topics import Names
from tests.contracts.samples import sample
from tests.kinds.scene import catalog_of
from tests.kinds.text import SCENE
from tests.support.builders import an_output
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


# --- golds ---------------------------------------------------------------------------------------

CHOSEN = "pick"
"""A task type whose gate would let the output below stand."""
GOLD = COMPOSED.model_copy(
    update={
        "task_id": "2b85ea75-5fbe-5775-a364-c7f4ac9ee345",
        "task_type": CHOSEN,
        "output": an_output(confidence=0.99),
        "not_for": (),
        "only_for": ("w-1", "auth0|w-2"),
        "ask": "always",
    }
)


@pytest.fixture
def gated(tmp_path: Path) -> InMemory:
    """An intake whose catalog has a task type with a gate."""
    row = {
        "pool": "main",
        "question": "Which?",
        "options": ["cat", "dog"],
        "gate": {"threshold": 0.8, "audit_share": 0.0},
        "answers": {"min": 2, "max": 3},
        "stopping": {"confidence": 0.9},
        "times": {"accept_seconds": 60, "answer_seconds": 60, "task_seconds": 600},
        "rate_card": "usd",
    }
    whole = {
        "skills": {},
        "rate_cards": {"usd": {"currency": "USD", "amount_minor": 5}},
        "task_types": {CHOSEN: row},
    }
    catalog = tmp_path / "catalog.json"
    catalog.write_text(json.dumps(whole))
    return InMemory(build(load(catalog), names=Names()))


def test_a_gold_goes_past_the_gate_to_those_it_is_for(gated: InMemory) -> None:
    (task,) = gated.hear(GOLD)
    plain = GOLD.model_copy(update={"task_id": "t-2", "only_for": (), "ask": None})
    (waived,) = gated.hear(plain)

    assert isinstance(task, TaskCreated)
    assert task.gate.reason == "ask_always"
    assert task.asked is not None
    assert task.asked.only_for == GOLD.only_for
    assert (task.answers_wanted.min, task.answers_wanted.max) == (2, 2)
    assert task.policy.answers.max == 3
    assert isinstance(waived, OutputWaived)


def test_a_gold_for_others_under_one_id_is_refused(gated: InMemory) -> None:
    gated.hear(GOLD)
    gated.forget_outcomes()

    assert gated.hear(GOLD) == []
    for changed in ({"only_for": ("w-1",)}, {"ask": None}):
        with pytest.raises(Refused) as refused:
            gated.hear(GOLD.model_copy(update=changed))
        assert refused.value.reason is Reason.ID_REUSE


def test_golds_of_a_task_type_nobody_has_are_refused_with_the_fix(gated: InMemory) -> None:
    with pytest.raises(Refused) as refused:
        gated.hear(GOLD.model_copy(update={"task_type": "gone"}))
    assert refused.value.reason is Reason.UNKNOWN_TASK_TYPE


def test_what_has_no_doubt_of_a_models_is_counted_as_none(gated: InMemory) -> None:
    registry = CollectorRegistry()
    metrics = IntakeMetrics(registry, (CHOSEN,))
    confidence = Confidence(status="absent", reason="not_stated")
    bare = GOLD.output.model_copy(update={"confidence": confidence})
    metrics.observe(gated.hear(GOLD.model_copy(update={"output": bare})))

    labels = {"task_type": CHOSEN, "reason": "ask_always"}
    assert registry.get_sample_value("sentuh_intake_outputs_total", labels) == 1
    labels["reason"] = "not_stated"
    assert registry.get_sample_value("sentuh_intake_doubts_total", labels) == 0
