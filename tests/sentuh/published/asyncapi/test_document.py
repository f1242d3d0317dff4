"""The AsyncAPI document says what is on the topics, and the stored one is what is generated."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import JsonValue

from sentuh.__main__ import main
from sentuh.published.asyncapi import document
from sentuh.published.asyncapi.generated import generated
from sentuh.published.schemas import contracts
from services import intake, payout, qa, router
from shared.contracts.topics import DEAD_LETTERS, TOPICS
from tests.architecture.source import ROOT
from tests.sentuh.published.asyncapi.specification import specification

STORED = ROOT / "deploy" / "asyncapi.json"
CARDS = (intake.CARD, router.CARD, qa.CARD, payout.CARD)
DOCUMENT: Any = document()
MESSAGES: Any = DOCUMENT["components"]["messages"]


def refs(node: JsonValue) -> Iterator[str]:
    """Every reference in a document."""
    parts = node if isinstance(node, list) else node.values() if isinstance(node, dict) else []
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        yield str(node["$ref"])
    for part in parts:
        yield from refs(part)


def referred_to(ref: str) -> Any:
    """What a reference leads to."""
    node = DOCUMENT
    for name in ref.removeprefix("#/").split("/"):
        node = node[name]
    return node


def fits(value: JsonValue, schema: JsonValue) -> None:
    """Raise unless a value fits a schema of the document."""
    whole = {"allOf": [schema], "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def test_the_stored_document_is_the_generated_one(tmp_path: Path) -> None:
    assert main(["asyncapi", "--out", str(tmp_path / "made.json")]) == 0

    same = (tmp_path / "made.json").read_bytes() == STORED.read_bytes()
    assert same, "a contract has changed: sentuh asyncapi --out deploy/asyncapi.json"


def test_it_is_valid_asyncapi_3() -> None:
    schema = specification()
    if schema is None:
        pytest.skip("needs npm, to fetch AsyncAPI's own JSON Schema")
    validator = jsonschema.Draft7Validator(schema)

    assert [error.message for error in validator.iter_errors(DOCUMENT)] == []
    wrong = {**DOCUMENT, "operations": {"x": {"action": "shout", "channel": {"$ref": "#/a"}}}}
    assert not validator.is_valid(wrong)


def test_every_reference_leads_somewhere() -> None:
    assert {type(referred_to(ref)) for ref in set(refs(DOCUMENT))} == {dict}
    with pytest.raises(KeyError):
        referred_to("#/components/schemas/Nobody")


def test_every_topic_is_a_channel_with_its_messages_and_settings() -> None:
    channels = DOCUMENT["channels"]
    assert list(channels) == [row.name for row in TOPICS]
    for row in TOPICS:
        kafka = channels[row.name]["bindings"]["kafka"]
        types = {one.event_type for one in contracts() if one.topic == row} or {"dead-letter"}
        assert set(channels[row.name]["messages"]) == types
        assert kafka["partitions"] == row.partitions
        assert kafka["topicConfiguration"]["max.message.bytes"] == row.broker_bytes_max


def test_the_operations_are_what_the_services_do() -> None:
    wanted = set()
    for card in CARDS:
        timers = () if card.timers is None else (card.timers,)
        sends = (*card.journals, *card.tells, *timers, DEAD_LETTERS[card.service])
        wanted |= {f"{card.service}.send.{row.name}" for row in sends}
        wanted |= {f"{card.service}.receive.{row.name}" for row in card.consumes}
        group = DOCUMENT["operations"][f"{card.service}.receive.{card.consumes[0].name}"]
        assert group["bindings"]["kafka"]["groupId"]["const"] == card.service

    assert set(DOCUMENT["operations"]) == wanted


def test_faststream_wrote_the_operations_and_payloads_from_the_types() -> None:
    written: Any = generated("qa").document

    sent = {
        "send-verdicts", "send-placements", "send-model-outputs.qa", "send-ratings",
        "send-qa.timers",
    }  # fmt: skip
    received = {"receive-tasks", "receive-assignments", "receive-golds", "receive-qa.timers"}
    assert set(written["operations"]) == sent | received
    schemas = {contract.model.__name__ for contract in contracts()}
    assert schemas <= set(DOCUMENT["components"]["schemas"])


@pytest.mark.parametrize("event_type", [contract.event_type for contract in contracts()])
def test_each_example_is_the_stored_sample_and_fits_its_schemas(event_type: str) -> None:
    message = MESSAGES[event_type]

    (example,) = message["examples"]
    fits(example["payload"], message["payload"])
    fits(example["headers"], message["headers"])
    with pytest.raises(jsonschema.ValidationError):
        fits({**example["payload"], "is_admin": True}, message["payload"])
    with pytest.raises(jsonschema.ValidationError):
        fits({**example["headers"], "ce_type": "another"}, message["headers"])
    assert message["bindings"]["kafka"]["key"]["description"]
