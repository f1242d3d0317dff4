"""JSON within something else is named with the setting that takes it out."""

import pytest
from pydantic import JsonValue

from shared.contracts.errors import Refused
from shared.contracts.wrapped import is_json_in_text, refuse_connect


@pytest.mark.parametrize(
    ("value", "fix"),
    [
        ({"schema": {"type": "struct"}, "payload": {"id": "o-1"}}, "schemas.enable=false"),
        ({"schema": None, "payload": {"id": "o-1"}}, "schemas.enable=false"),
        ({"payload": [1], "schema": {"type": "array"}}, "schemas.enable=false"),
        ({"schema": {"type": "struct"}, "payload": None}, "schemas.enable=false"),
        ({"schema": {"type": "string"}, "payload": '{"id": "o-1"}'}, "StringConverter"),
    ],
)
def test_kafka_connects_wrapping_is_refused_with_its_setting(value: JsonValue, fix: str) -> None:
    with pytest.raises(Refused) as refused:
        refuse_connect(value)
    assert fix in refused.value.detail
    assert refused.value.detail.startswith("schema and payload: ")


@pytest.mark.parametrize(
    "value", [None, [], {}, {"payload": 1}, {"schema": 1, "payload": 2, "id": 3}, {"a": 1, "b": 2}]
)
def test_what_only_resembles_it_is_left_alone(value: JsonValue) -> None:
    refuse_connect(value)


def test_text_that_holds_json_is_known_by_its_first_character() -> None:
    assert is_json_in_text(' {"a": 1}')
    assert is_json_in_text("[]")
    for other in ("", "text", None, 1, {"a": 1}):
        assert not is_json_in_text(other)  # type: ignore[arg-type]
