"""An output of several answers: a preference compares them, and no other question is about them."""

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from services.intake import arrived
from services.intake.catalog import load
from services.intake.decide import admit
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.tasks import TaskCreated
from tests.architecture.source import ROOT
from tests.services.intake.builders import a_record, a_sent
from tests.services.intake.formats.test_outputs import payload_of

CATALOG = load(ROOT / "deploy" / "catalog.yaml")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def admitted(task_type: JsonValue, name: str) -> object:
    """The event that becomes of the output of this name, sent with this task type."""
    sent = a_sent(format=..., response=payload_of(name), task_type=task_type, request="When?")  # type: ignore[arg-type]
    [unit] = arrived.read(a_record(sent))
    [event] = admit(CATALOG, unit.event, None, NOW).events  # type: ignore[arg-type]
    return event


def test_a_preference_compares_the_choices_of_a_completion() -> None:
    created = admitted("chat-preference", "chat-three-choices")
    assert isinstance(created, TaskCreated)
    assert created.asked is not None
    assert len(created.asked.candidates) == 3
    assert created.gate.reason == "absent"


@pytest.mark.parametrize("task_type", ["chat-check", "canonical", "invoice", "reply-mending"])
def test_another_question_refuses_them_with_the_fix(task_type: str) -> None:
    with pytest.raises(Refused) as caught:
        admitted(task_type, "chat-three-choices")
    assert caught.value.reason is Reason.BAD_OUTPUT
    assert "name a task_type of the kind preference" in caught.value.detail
    assert "send each in a record of its own" in caught.value.detail


def test_a_record_is_read_from_what_a_chat_model_wrote() -> None:
    sent = a_sent(
        format=...,  # type: ignore[arg-type]
        response=payload_of("chat-json-record"),
        task_type="invoice",
        media={"ref": "https://media.example.com/1.png"},
    )
    [unit] = arrived.read(a_record(sent))
    [created] = admit(CATALOG, unit.event, None, NOW).events  # type: ignore[arg-type]
    assert isinstance(created, TaskCreated)
    assert created.asked is not None
    assert created.asked.draft == {
        "seller": "Acme",
        "total": "12.50",
        "currency": "EUR",
        "issued_on": "2026-03-01",
    }
