"""The facts of an assignment are the same in claims and in every event about it."""

from datetime import timedelta

import pytest

from shared.contracts.events import assignments
from shared.contracts.events.assignment_facts import AssignmentFacts, assignment_id
from shared.contracts.events.model import Event
from shared.contracts.events.parts import Claims
from shared.contracts.questions.choice import ChoiceQuestion
from tests.support.builders import NOW, OPTIONS, POOL, TASK_TYPE, a_quote

FACTS = AssignmentFacts(
    pool=POOL,
    task_id="t-1",
    task_type=TASK_TYPE,
    worker_id="w-1",
    place=0,
    turn=1,
    accept_by=NOW,
    answer_by=NOW + timedelta(seconds=60),
)
ABOUT_ASSIGNMENTS = [event for event in assignments.EVENTS if "turn" in event.model_fields]


def test_claims_hold_the_facts_they_were_made_of() -> None:
    claims = Claims(**FACTS.fields(), quote=a_quote(), asks=ChoiceQuestion(OPTIONS))

    assert claims.facts == FACTS
    assert claims.assignment_id == assignment_id("t-1", "w-1")


@pytest.mark.parametrize("event", ABOUT_ASSIGNMENTS, ids=lambda event: event.TYPE)
def test_an_event_about_an_assignment_has_every_fact(event: type[Event]) -> None:
    missing = set(FACTS.fields()) - set(event.model_fields)

    assert not missing, f"{event.TYPE} lacks {missing}: each such event repeats all facts"
    assert len(ABOUT_ASSIGNMENTS) == 6
