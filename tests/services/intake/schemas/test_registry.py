"""What a registry answers is a schema, none, or a reason to wait that names the setting."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.intake.schemas.registry import (
    ANSWER_BYTES_MAX,
    REFERENCES_DEPTH_MAX,
    REFERENCES_MAX,
    Registry,
    RegistryAccess,
)
from shared.contracts.errors import Reason, Refused, TransientError
from tests.support.schema_registry import SchemaRegistry

NAME = "SENTUH_INTAKE_SCHEMA_REGISTRY"
LONG = {"schema": '"long"'}
GUID = "0f6c2c1e-5a3b-4a53-9c0e-8f3d0b0d7a11"


def referring(name: str, *subjects: str) -> dict[str, Any]:
    fields = [{"name": f"f{n}", "type": subject} for n, subject in enumerate(subjects)]
    record = {"type": "record", "name": name, "fields": fields}
    listed = [{"name": one, "subject": one, "version": 1} for one in subjects]
    return {"schema": json.dumps(record), "references": listed}


@pytest.fixture
def running() -> Iterator[SchemaRegistry]:
    with SchemaRegistry({"schemas/ids/1": LONG, f"schemas/guids/{GUID}": LONG}).running() as one:
        yield one


def of(registry: SchemaRegistry) -> Registry:
    return Registry(RegistryAccess(registry.url))


def fault_of(registry: SchemaRegistry, schema_id: int = 2) -> Reason:
    schema = of(registry).schema(schema_id)
    assert schema is not None
    with pytest.raises(Refused) as caught:
        schema.as_json(b"\x02")
    return caught.value.reason


def test_a_schema_is_got_by_its_number_or_its_uuid(running: SchemaRegistry) -> None:
    for schema_id in (1, GUID):
        schema = of(running).schema(schema_id)
        assert schema is not None
        assert schema.as_json(b"\x0e") == b"7"
    assert running.logins == [None, None]


def test_who_logs_in_says_so_with_each_request(running: SchemaRegistry) -> None:
    Registry(RegistryAccess(running.url + "/", "svc", "s3cret")).schema(1)
    assert running.logins == ["Basic c3ZjOnMzY3JldA=="]


def test_a_number_that_no_registry_counts_to_is_not_asked_for(running: SchemaRegistry) -> None:
    assert of(running).schema(2**31) is None
    assert of(running).schema(2**31 - 1) is None
    assert running.asked == ["schemas/ids/2147483647"]


def test_what_it_does_not_know_is_none_also_where_it_says_no_more_than_404(
    running: SchemaRegistry,
) -> None:
    running.answers["schemas/ids/9"] = (404, b"")
    assert of(running).schema(8) is None
    assert of(running).schema(9) is None
    assert running.asked == ["schemas/ids/8", "schemas/ids/9", "schemas/types"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((500, b""), "it answers 500"),
        ((503, b"{}"), "it answers 503"),
        ((429, b"{}"), "it answers 429"),
        ((401, b"{}"), f"{NAME}_USER, {NAME}_PASSWORD"),
        ((403, b"{}"), f"{NAME}_USER, {NAME}_PASSWORD"),
        ((302, b"{}"), f"{NAME}_URL"),
        ((400, b"{}"), f"{NAME}_URL"),
        ((200, b"<html>"), f"{NAME}_URL"),
        ([], f"{NAME}_URL"),
        ({"schema": 5}, f"{NAME}_URL"),
    ],
)
def test_what_may_pass_is_waited_for_and_the_setting_named(
    running: SchemaRegistry, answer: Any, words: str
) -> None:
    running.answers["schemas/ids/2"] = answer
    with pytest.raises(TransientError, match=words):
        of(running).schema(2)
    assert running.asked == ["schemas/ids/2"]  # no redirect is followed


def test_a_wrong_address_takes_no_record_for_bad(running: SchemaRegistry) -> None:
    wrong = Registry(RegistryAccess(f"{running.url}/elsewhere"))
    running.answers |= {
        "elsewhere/schemas/ids/1": (404, b"<html>"),
        "elsewhere/schemas/types": (404, b"<html>"),
    }
    with pytest.raises(TransientError, match=f"{NAME}_URL"):
        wrong.schema(1)


def test_a_registry_that_is_away_is_waited_for() -> None:
    with pytest.raises(TransientError, match="refused"):
        Registry(RegistryAccess("http://127.0.0.1:1")).schema(1)


def test_schemas_that_it_refers_to_come_along_each_once(running: SchemaRegistry) -> None:
    running.answers |= {
        "schemas/ids/2": referring("Top", "a/b.Left", "a/b.Right"),
        "subjects/a%2Fb.Left/versions/1": referring("Left", "Low"),
        "subjects/a%2Fb.Right/versions/1": referring("Right", "Low"),
        "subjects/Low/versions/1": {"schema": '{"type": "fixed", "name": "Low", "size": 1}'},
    }
    # A subject's name is its own affair: the schema calls the types by theirs.
    top = {"type": "record", "name": "Top", "fields": [
        {"name": "l", "type": "Left"}, {"name": "r", "type": "Right"},
    ]}  # fmt: skip
    running.answers["schemas/ids/2"]["schema"] = json.dumps(top)

    schema = of(running).schema(2)

    assert schema is not None
    assert schema.as_json(b"\x00\x01") == b'{"l":{"f0":"AA=="},"r":{"f0":"AQ=="}}'
    assert len(running.asked) == len(set(running.asked)) == 4


@pytest.mark.parametrize("case", ["missing", "itself", "deep", "many"])
def test_references_that_lead_nowhere_are_a_bad_schema(running: SchemaRegistry, case: str) -> None:
    deep = {
        f"subjects/S{n}/versions/1": referring(f"S{n}", f"S{n + 1}")
        for n in range(REFERENCES_DEPTH_MAX + 2)
    }
    many = [f"S{n}" for n in range(REFERENCES_MAX + 1)]
    running.answers |= {
        "missing": {"schemas/ids/2": referring("Top", "Gone")},
        "itself": {
            "schemas/ids/2": referring("Top", "S0"),
            "subjects/S0/versions/1": referring("S0", "S0"),
        },
        "deep": {**deep, "schemas/ids/2": referring("Top", "S0")},
        "many": {
            "schemas/ids/2": referring("Top", *many),
            **{f"subjects/{one}/versions/1": referring(one) for one in many},
        },
    }[case]

    assert fault_of(running) is Reason.BAD_SCHEMA
    assert len(running.asked) <= REFERENCES_MAX + 2


def test_an_answer_without_end_is_a_bad_schema(running: SchemaRegistry) -> None:
    running.answers["schemas/ids/2"] = {"schema": " " * ANSWER_BYTES_MAX}
    assert fault_of(running) is Reason.BAD_SCHEMA


@pytest.mark.parametrize("disabled", [False, True])
def test_rules_that_encrypt_fields_are_told(running: SchemaRegistry, disabled: bool) -> None:
    rule = {"name": "r", "type": "ENCRYPT", "disabled": disabled}
    running.answers["schemas/ids/2"] = {**LONG, "ruleSet": {"domainRules": [rule]}}
    schema = of(running).schema(2)
    assert schema is not None
    assert (schema.fault is None) is disabled
