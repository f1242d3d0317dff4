"""What becomes of an output: a task with all its rules, a waiver, or nothing the second time."""

from datetime import timedelta

import pytest
from pydantic import JsonValue

from services.intake import decide
from services.intake.arrived import OutputArrived, read
from services.intake.state import Ended
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import Event
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.pattern.service import Decision
from tests.services.intake.builders import PNG, a_record, a_sent
from tests.services.intake.in_memory import CATALOG, without
from tests.support.builders import NOW


def an_arrival(sure: float = 0.7, /, **fields: JsonValue) -> OutputArrived:
    """An image classifier's output, this sure that it sees a one."""
    response: JsonValue = {"classes": [0, 1], "probabilities": [1 - sure, sure]}
    record = a_record(a_sent(**{"response": response, "media": PNG, **fields}))
    arrived = read(record)[0].event
    assert isinstance(arrived, OutputArrived)
    return arrived


def admitted(arrived: OutputArrived, ended: Ended | None = None) -> Decision:
    return decide.admit(CATALOG, arrived, ended, NOW)


def only(decision: Decision) -> Event:
    (event,) = decision.events
    return event


def test_unsure_output_becomes_a_task_with_all_its_rules() -> None:
    arrived = an_arrival(0.7, correlation_id="c-1")

    task = only(admitted(arrived))

    assert isinstance(task, TaskCreated)
    assert task.task_id == arrived.task_id
    assert task.pool == "main"
    assert task.digest == arrived.digest
    assert task.ref.id == "o-1"
    assert task.ref.correlation_id == "c-1"
    assert task.policy == CATALOG.policy("digits", NOW)
    assert task.policy.times.deadline_at == NOW + timedelta(hours=1)
    assert task.gate.reason == "below_threshold"


def test_a_task_says_what_the_model_answered_in_the_questions_form() -> None:
    task = only(admitted(an_arrival(0.7)))
    assert isinstance(task, TaskCreated)
    own = task.output.answer if task.own_answer is None else task.own_answer
    assert own == "1"

    alias = an_arrival(0.7)
    named = alias.with_values({"output": alias.output.model_copy(update={"answer": 1})})
    task = only(admitted(named))
    assert isinstance(task, TaskCreated)
    assert (task.output.answer, task.own_answer) == (1, "1")


def test_sure_output_is_waived_with_the_models_answer() -> None:
    waiver = only(admitted(an_arrival(0.99)))

    assert isinstance(waiver, OutputWaived)
    assert waiver.answer == "1"
    assert waiver.probability == 0.99
    assert waiver.gate.reason == "confident"
    assert waiver.task_type == "digits"
    assert waiver.pool == "main"


def test_named_task_type_comes_before_the_formats_own() -> None:
    task = only(admitted(an_arrival(0.2, task_type="canonical")))

    assert isinstance(task, TaskCreated)
    assert task.policy.task_type == "canonical"


def test_same_content_again_changes_nothing() -> None:
    arrived = an_arrival()

    assert admitted(arrived, Ended(arrived.digest)) == Decision.done()


def test_other_content_under_the_same_id_is_refused() -> None:
    refused = admitted(an_arrival(0.7), Ended(an_arrival(0.6).digest)).refused

    assert refused is not None
    assert refused.reason is Reason.ID_REUSE


def test_what_was_decided_stands_when_the_catalog_changes() -> None:
    arrived = an_arrival()
    catalog = without("digits")

    assert decide.admit(catalog, arrived, Ended(arrived.digest), NOW) == Decision.done()
    with pytest.raises(Refused):
        decide.admit(catalog, arrived, None, NOW)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"task_type": "unheard-of"}, Reason.UNKNOWN_TASK_TYPE),
        ({"media": None}, Reason.MISSING),
    ],
)
def test_output_the_catalog_has_no_place_for_is_refused(
    fields: dict[str, JsonValue], reason: Reason
) -> None:
    with pytest.raises(Refused) as caught:
        admitted(an_arrival(**fields))

    assert caught.value.reason is reason


def test_waived_answer_that_is_no_option_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        admitted(an_arrival(0.99, response={"classes": ["x", "y"], "probabilities": [0.99, 0.01]}))

    assert caught.value.reason is Reason.BAD_OUTPUT
