"""What intake makes of checked parts without checking it again is what checking would give."""

import pytest

from services.intake.service import build
from shared.contracts.envelope import json_of
from shared.contracts.events import BY_TYPE
from shared.contracts.record import Record
from shared.contracts.topics import MODEL_OUTPUTS, Names
from shared.pattern.clock import to_ms
from tests.reported import catalog
from tests.reported.cases import SECTIONS, Section, cases
from tests.support.builders import NOW
from tests.support.in_memory import InMemory, header


@pytest.mark.parametrize("section", SECTIONS)
def test_every_event_is_the_checked_one_byte_for_byte(section: Section) -> None:
    sent = [one for case in cases(section) for one in case.sent if one.topic == MODEL_OUTPUTS.name]
    intake = InMemory(build(catalog.loaded(), names=Names()))
    for at, one in enumerate(sent):
        headers = tuple([(name, value or b"") for name, value in one.headers])
        record = Record(MODEL_OUTPUTS.name, 0, at, one.key, one.value, headers, to_ms(NOW))
        intake.hear_records(record)

    assert intake.published
    for made in intake.published:
        kind = BY_TYPE[header(made, "ce_type")]
        assert json_of(kind.model_validate_json(made.value or b"")) == made.value


def test_a_policy_of_another_time_differs_in_its_deadline_alone() -> None:
    rules = catalog.loaded()
    name = next(iter(rules.task_types))
    first, later = rules.policy(name, NOW), rules.policy(name, NOW.replace(hour=23))

    assert first.times.deadline_at < later.times.deadline_at
    assert first.lasting == later.lasting
    assert type(first).model_validate_json(json_of(first)) == first
