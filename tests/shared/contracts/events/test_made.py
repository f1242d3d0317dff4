"""A piece that is made without checking is the piece that checking would have given."""

import json

import pytest

from shared.contracts.envelope import json_of
from shared.contracts.events import BY_TYPE
from shared.contracts.events.parts import Requirement, Why
from shared.contracts.events.people import WorkerProfiled
from shared.contracts.events.stored import sample


@pytest.mark.parametrize("event_type", sorted(BY_TYPE))
def test_a_made_event_is_the_checked_one_byte_for_byte(event_type: str) -> None:
    kind = BY_TYPE[event_type]
    checked = kind.model_validate_json(json.dumps(sample(event_type).value))
    backwards = dict(reversed(list(vars(checked).items())))

    made = kind.made(backwards)

    assert made == checked
    assert json_of(made) == json_of(checked)


def test_a_field_left_out_has_its_default() -> None:
    assert Requirement.made({}) == Requirement()


def test_a_field_whose_default_is_made_anew_is_to_be_given() -> None:
    profile = sample(WorkerProfiled.TYPE)
    fields = {name: value for name, value in profile.value.items() if name != "skills"}

    with pytest.raises(TypeError, match="skills"):
        WorkerProfiled.made(fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"required": Requirement(), "rule": "next_in_lane"},
        {"required": Requirement(), "chosen_among": 1, "rule": "next_in_lane", "reason": ""},
        {"required": Requirement(), "chosen": 1, "rule": "next_in_lane"},
    ],
)
def test_a_missing_or_unknown_field_is_an_error(fields: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=r"chosen|reason"):
        Why.made(fields)
