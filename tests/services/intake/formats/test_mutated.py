"""Every stored output, broken in every way: read or refused in one sentence, nothing else."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from services.intake.catalog.label_maps import LabelMap
from services.intake.envelope import Envelope
from services.intake.formats import FORMATS, read_output
from shared.contracts.events.asked import Media
from tests.services.intake.builders import (
    an_envelope,
    assert_read_or_refused,
    mutations,
)

OUTPUTS = sorted((Path(__file__).parent / "outputs").glob("*.json"))
FLOWERS = ("setosa", "versicolor", "virginica")
MAPS = {"iris": LabelMap(classes=FLOWERS), "logits": LabelMap(classes=FLOWERS, scores="logit")}
DEEP: JsonValue = [[[[[[[[[[[[0.5]]]]]]]]]]]]
MANY: JsonValue = [{"label": f"l{at}", "score": 0.1} for at in range(1_001)]
ODD: tuple[JsonValue, ...] = (
    None, True, "", "  ", "NaN", "-Infinity", "\u202e", "\x00", "9" * 400, 10**400, -1, 0.0,
    -9999.0, [], {}, [None], [[]], {"": None}, DEEP, [0.5] * 1_001, "x" * 200 * 1024, MANY,
    {str(at): at / 1_000 for at in range(1_001)},
)  # fmt: skip
"""Wrong types, nothing, what is no number, cut off, deep, many and large."""


def payload_of(path: Path) -> Any:
    return json.loads(path.read_text())


def envelopes(payload: JsonValue) -> Iterator[Envelope]:
    """The payload without a declared format, with a recording and models that have label maps."""
    plain = an_envelope(payload, media=Media(ref="s3://calls/a.wav"))
    yield plain
    for model in MAPS:
        yield plain._replace(model=model, label_maps=MAPS)


def assert_nothing_escapes(payload: JsonValue) -> None:
    for envelope in envelopes(payload):
        assert_read_or_refused(lambda sent=envelope: read_output(sent))  # type: ignore[misc]


@pytest.mark.parametrize("path", OUTPUTS, ids=lambda path: path.stem)
def test_a_changed_output_is_read_or_refused(path: Path) -> None:
    payload = payload_of(path)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(mutations(payload) | mutations(payload).flatmap(_again))
    def read_it(changed: JsonValue) -> None:
        assert_nothing_escapes(changed)

    read_it()


def _again(changed: JsonValue) -> st.SearchStrategy[JsonValue]:
    return mutations(changed) if changed and isinstance(changed, (dict, list)) else st.just(changed)


@pytest.mark.parametrize("path", OUTPUTS, ids=lambda path: path.stem)
def test_an_odd_value_in_any_top_field_is_read_or_refused(path: Path) -> None:
    payload = payload_of(path)
    for at in range(len(payload)) if isinstance(payload, list) else list(payload):
        for odd in ODD:
            changed = payload.copy()
            changed[at] = odd
            assert_nothing_escapes(changed)


@pytest.mark.parametrize("path", OUTPUTS, ids=lambda path: path.stem)
def test_a_list_of_outputs_is_read_or_refused(path: Path) -> None:
    payload = payload_of(path)
    lists: tuple[JsonValue, ...] = (
        [payload], [payload, payload], [payload] * 50, [payload, None], [[payload]],
    )  # fmt: skip
    for several in lists:
        assert_nothing_escapes(several)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_anything_odd_is_read_or_refused_where_a_format_is_declared(name: str) -> None:
    for path in OUTPUTS:
        envelope = an_envelope(payload_of(path))._replace(format=name, label_maps=MAPS)
        assert_read_or_refused(lambda sent=envelope: read_output(sent))  # type: ignore[misc]
    for odd in (*ODD, math.inf):
        declared = an_envelope(odd)._replace(format=name, model="iris", label_maps=MAPS)
        assert_read_or_refused(lambda sent=declared: read_output(sent))  # type: ignore[misc]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_recognition_never_raises(name: str) -> None:
    for payload in (*ODD, *map(payload_of, OUTPUTS)):
        assert FORMATS[name].recognises(payload) in (True, False)
