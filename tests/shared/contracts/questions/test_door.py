"""What holds of all kinds together: events tell their answers and details apart."""

from typing import get_args

from shared.contracts.events.parts import Stopping
from shared.contracts.question import Goal
from shared.contracts.questions import KIND_IF_NONE_IS_NAMED, KINDS, goal_of, kind_to_name
from shared.contracts.questions.choice import ChoiceQuestion


def test_no_detail_is_taken_for_that_of_another_kind() -> None:
    details = {name: kind.detail for name, kind in KINDS.items() if kind.detail is not None}
    for name, detail in details.items():
        own = {field for field, info in detail.model_fields.items() if info.is_required()}
        for other, strange in details.items():
            if other != name:
                assert own - strange.model_fields.keys(), (
                    f"the detail of {name} needs a required field that the one of {other} lacks"
                )


def test_every_goal_is_a_number_of_stopping() -> None:
    assert set(get_args(Goal)) == set(Stopping.model_fields)
    assert goal_of(ChoiceQuestion(("a", "b"))) == "confidence"


def test_the_usual_kind_is_not_named() -> None:
    assert kind_to_name(ChoiceQuestion(("a", "b"))) is None
    assert KIND_IF_NONE_IS_NAMED in KINDS
