"""Each kind's outputs are the same for one seed, wrong in places, and answered by the truth."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from sentuh.demo import kinds
from sentuh.demo.kinds import MATERIALS
from sentuh.demo.kinds.spans import f1
from sentuh.demo.kinds.terms import Material, Measured
from sentuh.demo.kinds.transcript import wrong_words
from sentuh.demo.parts import CATALOG
from services.intake.arrived import read
from services.intake.catalog import load
from services.intake.decide import admit
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.record import Record
from shared.contracts.topics import MODEL_OUTPUTS
from tests.support.builders import NOW

SEED, COUNT = 4, 40
FILES = sorted(
    path.stem
    for path in Path(kinds.__file__).parent.glob("*.py")
    if path.stem not in {"__init__", "terms"}
)
WRITTEN = [name for name in FILES if name != "transcript"]
"""Those that need no wheel to be made."""


def material_of(name: str) -> Material:
    material: Material = import_module(f"sentuh.demo.kinds.{name}").MATERIAL
    return material


def test_a_kind_that_is_there_and_has_a_file_is_in_the_demo() -> None:
    assert MATERIALS.keys() <= set(FILES)


@pytest.mark.parametrize("name", WRITTEN)
def test_outputs_are_the_same_for_one_seed_and_others_for_another(name: str) -> None:
    outputs = material_of(name).outputs(SEED, COUNT)

    assert outputs == material_of(name).outputs(SEED, COUNT)
    assert outputs != material_of(name).outputs(SEED + 1, COUNT)
    assert len({output.id for output in outputs}) == COUNT


@pytest.mark.parametrize("name", WRITTEN)
def test_the_model_is_right_in_places_and_wrong_in_others(name: str) -> None:
    outputs = material_of(name).outputs(SEED, COUNT)
    right = sum(output.model_answer == output.truth for output in outputs)

    assert 0 < right < COUNT


@pytest.mark.parametrize("name", WRITTEN)
def test_the_right_answer_measures_best_and_none_worst(name: str) -> None:
    material = material_of(name)

    def total(answers: list[Any]) -> float:
        pairs = zip(answers, outputs, strict=True)
        return sum(material.measure(answer, output.truth).amount for answer, output in pairs)

    outputs = material.outputs(SEED, COUNT)
    right = total([output.truth for output in outputs])
    drafts = total([output.model_answer for output in outputs])
    nothing = total([None] * COUNT)
    low, middle, high = sorted((right, drafts, nothing))

    assert middle == drafts
    assert {low, high} == {right, nothing}


@pytest.mark.parametrize("name", [name for name in WRITTEN if name in MATERIALS])
def test_intake_asks_about_them_and_the_truth_is_an_answer(name: str) -> None:
    catalog, asked = load(CATALOG), 0
    for output in material_of(name).outputs(SEED, COUNT):
        value, headers = output.wire("bare")
        arrived: Any = read(Record(MODEL_OUTPUTS.name, 0, 0, b"k", value, headers, 0))[0].event
        (event,) = admit(catalog, arrived, None, NOW).events
        assert "truth" not in json.loads(value)
        if isinstance(event, TaskCreated):
            asked += 1
            question: Any = event.policy.asks.about(event.asked)
            assert question.problem_with(output.truth) is None
    assert asked > COUNT / 2


def test_wrong_words_are_the_fewest_edits() -> None:
    assert wrong_words({"text": "The cat, sat!"}, {"text": "the cat sat"}) == Measured(0, 3)
    assert wrong_words({"text": "a cat on sat"}, {"text": "the cat sat"}) == Measured(2, 3)
    assert wrong_words(None, {"text": "the cat sat"}) == Measured(3, 3)


def test_f1_takes_only_what_is_exactly_right() -> None:
    right: Any = [{"start": 0, "end": 3, "label": "a"}, {"start": 5, "end": 7, "label": "b"}]
    near: Any = [right[0], {"start": 5, "end": 8, "label": "b"}]
    assert f1(near, list(right)) == Measured(2, 4)
    assert f1([], []) == Measured(0, 0)
