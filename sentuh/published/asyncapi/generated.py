"""Generates the AsyncAPI document of one service by FastStream, from typed publishers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from faststream.kafka import KafkaBroker
from faststream.specification import AsyncAPI

from sentuh.published.schemas import Contract, contracts
from shared.contracts.strictjson import JsonObject
from shared.contracts.topics import DEAD_LETTERS, TOPICS, Topic


@dataclass(frozen=True, slots=True)
class Generated:
    """The document of one service as FastStream writes it, and the topics it sends and receives.

    Its channels are named for the topics: send-tasks, receive-responses.
    """

    document: JsonObject
    sends: tuple[Topic, ...]
    receives: tuple[Topic, ...]


def generated(service: str) -> Generated:
    """Generate the document of a service: it sends on topics it owns, and receives from others."""
    dead_letters = tuple(DEAD_LETTERS.values())
    sends = tuple(row for row in TOPICS if row.owner == service and row not in dead_letters)
    receives = tuple(row for row in TOPICS if service in row.readers)
    broker = KafkaBroker("localhost")
    for row in sends:
        broker.publisher(row.name, title=f"send-{row.name}", schema=_payload(row))
    for row in receives:
        subscriber = broker.subscriber(row.name, title=f"receive-{row.name}", group_id=service)
        subscriber(_handler(_payload(row)))
    written = AsyncAPI(broker, title=service, schema_version="3.0.0").to_specification().to_json()
    return Generated(json.loads(written), sends, receives)


def on(row: Topic) -> tuple[Contract, ...]:
    """Return the kinds of record that a topic may hold."""
    return tuple(contract for contract in contracts() if contract.topic == row)


def _payload(row: Topic) -> Any:
    return reduce(or_, (contract.model for contract in on(row)))


def _handler(payload: Any) -> Any:
    async def handle(event: Any) -> None:
        """Take one event; the services read whole batches, record by record."""

    types: Mapping[str, Any] = {"event": payload, "return": None}
    handle.__annotations__ = dict(types)
    return handle
