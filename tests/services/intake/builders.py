"""Records, envelopes and payloads with valid defaults; a test says only what matters to it."""

import json
from collections.abc import Callable, Iterable, Mapping

import pytest
from hypothesis import strategies as st
from pydantic import JsonValue

from services.intake.envelope import Envelope, read_envelope
from services.intake.formats import read_output
from shared.contracts.errors import Refused
from shared.contracts.events.asked import Media
from shared.contracts.events.parts import Output, OutputRef
from shared.contracts.record import Record
from shared.contracts.strictjson import JsonObject

PNG: JsonValue = {"inline": {"type": "image/png", "data": "iVBORw0KGgo="}}

FIX_MAX = 400

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**400, max_value=10**401)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=15,
)
"""Any JSON value."""


def mutations(good: JsonValue) -> st.SearchStrategy[JsonValue]:
    """The payload with one value somewhere in it replaced by any JSON, or left out."""
    places = list(_places(good))

    @st.composite
    def mutated(draw: st.DrawFn) -> JsonValue:
        copy: JsonValue = json.loads(json.dumps(good))
        at = copy
        *way, last = draw(st.sampled_from(places))
        for step in way:
            at = at[step]  # type: ignore[index]
        if draw(st.booleans()):
            at[last] = draw(JSON)  # type: ignore[index]
        else:
            del at[last]  # type: ignore[arg-type, union-attr]
        return copy

    return mutated()


def _places(value: JsonValue) -> Iterable[tuple[str | int, ...]]:
    steps: Iterable[tuple[str | int, JsonValue]] = ()
    if isinstance(value, dict):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    for step, inner in steps:
        yield (step,)
        yield from ((step, *rest) for rest in _places(inner))


def a_record(
    value: JsonValue | bytes,
    headers: Mapping[str, str | bytes] | None = None,
    *,
    offset: int = 7,
    topic_id: str = "topic-id-1",
) -> Record:
    """A record of `model-outputs`."""
    return Record(
        topic="model-outputs",
        partition=2,
        offset=offset,
        key=None,
        value=value if isinstance(value, bytes) else json.dumps(value).encode(),
        headers=tuple(
            (name, text if isinstance(text, bytes) else text.encode())
            for name, text in (headers or {}).items()
        ),
        timestamp_ms=0,
        incarnation=1,
        topic_id=topic_id,
    )


def a_sent(**fields: JsonValue) -> JsonObject:
    """Our envelope as a publisher writes it."""
    given: JsonObject = {
        "source": "/models/digits",
        "id": "o-1",
        "format": "sklearn.proba",
        "response": {"classes": [0, 1], "probabilities": [0.3, 0.7]},
        **fields,
    }
    return {name: value for name, value in given.items() if value is not ...}  # type: ignore[comparison-overlap]


def an_envelope(
    payload: JsonValue, *, request: str | None = None, media: Media | None = None
) -> Envelope:
    """An output that arrived with this payload."""
    ref = OutputRef(source="/models/m", id="o-1")
    return Envelope(ref=ref, payload=payload, digest="d", request=request, media=media)


def refused(record: Record) -> Refused:
    """How the record is refused, by the envelope or by its format."""
    with pytest.raises(Refused) as caught:
        read_output(read_envelope(record))
    return caught.value


def assert_read_or_refused(read: Callable[[], Output]) -> Output | None:
    """Assert that an output is read that survives the wire, or refused in one sentence.

    Returns the output, None where it was refused.
    """
    try:
        output = read()
    except Refused as refusal:
        assert_one_sentence(refusal.detail)
        return None
    assert Output.model_validate_json(output.model_dump_json()) == output
    return output


def assert_one_sentence(fix: str) -> None:
    """Assert that a fix can be shown on one line of a log."""
    assert "\n" not in fix
    assert len(fix) < FIX_MAX
