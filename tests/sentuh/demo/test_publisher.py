"""What the demo's upstream sends: readable by intake in every mode, a few of it twice."""

import json
from collections import Counter
from pathlib import Path

import pytest

from sentuh.demo.kinds import MATERIALS, lacking
from sentuh.demo.material import (
    MODES,
    ModelOutput,
    Truth,
    Wire,
    read_truths,
    truth_of,
    write_truths,
)
from sentuh.demo.parts import CATALOG
from sentuh.demo.publisher import LATER, material, wires
from services.intake.catalog import load
from services.intake.envelope import read_envelope
from services.intake.formats import read_output
from services.intake.gate import check_shown
from shared.contracts.questions import KIND_IF_NONE_IS_NAMED
from shared.contracts.record import Record
from shared.contracts.topics import MODEL_OUTPUTS

SEED = 3
COUNT = 400


@pytest.fixture(scope="module")
def outputs() -> list[ModelOutput]:
    return material(SEED, COUNT)


def record(wire: Wire) -> Record:
    value, headers = wire
    return Record(MODEL_OUTPUTS.name, 0, 0, b"key", value, headers, 0)


def test_there_are_as_many_as_asked_for_of_each_format_and_kind(
    outputs: list[ModelOutput],
) -> None:
    kinds = Counter(output.kind for output in outputs)
    formats = Counter(output.format for output in outputs if output.kind == KIND_IF_NONE_IS_NAMED)

    assert len({(output.source, output.id) for output in outputs}) == COUNT
    assert formats.pop("sklearn.proba") == kinds.pop(KIND_IF_NONE_IS_NAMED) - 80
    assert sorted(formats.values()) == [20] * 4
    assert dict(kinds) == {kind: 10 for kind in MATERIALS if kind not in lacking()}


@pytest.mark.parametrize("mode", MODES)
def test_intake_reads_every_output_in_every_mode(mode: str, outputs: list[ModelOutput]) -> None:
    catalog = load(CATALOG)
    for output in outputs:
        envelope = read_envelope(record(output.wire(mode)))  # type: ignore[arg-type]
        read = read_output(envelope)
        check_shown(read, catalog.task_type(output.task_type))

        assert envelope.ref.source == output.source
        assert envelope.ref.id == output.id
        assert envelope.ref.correlation_id == output.correlation_id
        named = envelope.task_type or catalog.task_type_for(read.format)
        assert named == output.task_type
        assert envelope.output_id == truth_of(output).task_id


def test_a_few_come_twice_byte_for_byte_and_later(outputs: list[ModelOutput]) -> None:
    sent = list(wires(outputs, SEED))
    places: dict[str, list[int]] = {}
    for at, (output, _) in enumerate(sent):
        places.setdefault(output.id, []).append(at)
    twice = [found for found in places.values() if len(found) == 2]

    assert len(places) == COUNT
    assert 0 < len(twice) < COUNT / 20
    assert all(sent[first] == sent[second] for first, second in twice)
    assert all(second > first for first, second in twice)
    assert any(second - first > LATER / 2 for first, second in twice)


def test_the_right_answer_is_never_sent(outputs: list[ModelOutput]) -> None:
    for output in outputs[:50]:
        value, headers = output.wire("bare")
        assert not {"truth", "model_answer"} & set(json.loads(value))
        assert not headers


def test_truths_are_read_as_they_were_written(tmp_path: Path) -> None:
    truth = Truth("/models/x", "x-1", "digits", truth="7", model_answer="1")
    write_truths(tmp_path / "truth.jsonl", [truth])

    assert read_truths(tmp_path / "truth.jsonl") == {truth.task_id: truth}
