"""Completes what FastStream leaves out: keys, headers, examples, groups, topic settings."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from sentuh.published.asyncapi.generated import Generated, on
from sentuh.published.asyncapi.headers import dead_letter_headers, headers_of
from sentuh.published.schemas import Contract, contracts
from shared import VERSION
from shared.contracts.events.stored import sample
from shared.contracts.schemas import closed
from shared.contracts.strictjson import JsonObject
from shared.contracts.topics import DEAD_LETTERS, TOPICS, Topic

DEAD_LETTER = "dead-letter"
BINDING = "0.5.0"
ABOUT = (
    "Upstream publishes model outputs and reads verdicts; worker apps read offers and answer on"
    " responses; operators register workers. Each service's operations bear its name. The topics on"
    " a broker may have a prefix (SENTUH_TOPIC_PREFIX). At least once on the wire: who reads counts"
    " a record by its type and `ce_id`."
)


def completed(services: Mapping[str, Generated]) -> JsonObject:
    """Join the documents of the services into one, and complete it."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Sentuh", "version": VERSION, "description": ABOUT},
        "defaultContentType": "application/json",
        "servers": {"cluster": _server()},
        "channels": {row.name: _channel(row) for row in TOPICS},
        "operations": dict(_operations(services)),
        "components": {
            "messages": {
                **{one.event_type: _message(one) for one in contracts()},
                DEAD_LETTER: _dead_letter(),
            },
            "schemas": _schemas(services),
        },
    }


def _server() -> JsonObject:
    return {
        "host": "{bootstrap}",
        "protocol": "kafka",
        "variables": {
            "bootstrap": {"default": "127.0.0.1:9092", "description": "any broker of the cluster"}
        },
    }


def _channel(row: Topic) -> JsonObject:
    readers = ", ".join(row.readers)
    config = row.config()
    days = "for ever" if row.kept_seconds is None else f"{row.kept_seconds // 86_400} d"
    kept = "the last of each key" if row.compacted else days
    topic: JsonObject = {
        "cleanup.policy": [config["cleanup.policy"]],
        "retention.ms": int(config["retention.ms"]),
        "max.message.bytes": int(config["max.message.bytes"]),
    }
    named = ref_messages(row)
    return {
        "address": row.name,
        "title": row.name,
        "description": f"Written by {row.owner}, read by {readers}; key: {row.key}; kept: {kept};"
        f" a value has at most {row.size_bytes_max} bytes.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in named},
        "bindings": {
            "kafka": {
                "topic": row.name,
                "partitions": row.partitions,
                "topicConfiguration": topic,
                "bindingVersion": BINDING,
            }
        },
    }


def ref_messages(row: Topic) -> tuple[str, ...]:
    """Return the names of the messages that a topic may hold."""
    if row in DEAD_LETTERS.values():
        return (DEAD_LETTER,)
    return tuple(contract.event_type for contract in on(row))


def _operations(services: Mapping[str, Generated]) -> Iterator[tuple[str, JsonValue]]:
    """Yield the operations of each service: those FastStream wrote, and sending dead letters."""
    for service, made in services.items():
        written = made.document["operations"]
        for row in (*made.sends, *made.receives):
            for action in ("send", "receive"):
                if isinstance(written, dict) and f"{action}-{row.name}" in written:
                    yield f"{service}.{action}.{row.name}", _operation(service, action, row)
        dead_letters = DEAD_LETTERS[service]
        yield f"{service}.send.{dead_letters.name}", _operation(service, "send", dead_letters)


def _operation(service: str, action: str, row: Topic) -> JsonObject:
    operation: JsonObject = {
        "action": action,
        "channel": {"$ref": f"#/channels/{row.name}"},
        "tags": [{"name": service}],
        "messages": [{"$ref": f"#/channels/{row.name}/messages/{n}"} for n in ref_messages(row)],
    }
    if action == "receive":
        group: JsonObject = {"type": "string", "const": service}
        operation["bindings"] = {"kafka": {"groupId": group, "bindingVersion": BINDING}}
    return operation


def _message(contract: Contract) -> JsonObject:
    stored = sample(contract.event_type)
    headers: JsonObject = {**stored.headers}
    return {
        "name": contract.event_type,
        "title": contract.event_type,
        "summary": (contract.model.__doc__ or "").strip().partition("\n")[0],
        "contentType": "application/json",
        "headers": headers_of(contract),
        "payload": {"$ref": f"#/components/schemas/{contract.model.__name__}"},
        "correlationId": {
            "description": "the event this one answers",
            "location": "$message.header#/ce_causationid",
        },
        "bindings": _key(contract.topic),
        "examples": [{"name": stored.key, "headers": headers, "payload": stored.value}],
    }


def _dead_letter() -> JsonObject:
    return {
        "name": DEAD_LETTER,
        "title": DEAD_LETTER,
        "summary": "A record that was refused: key, value and headers as they were, and why.",
        "headers": dead_letter_headers(),
        "payload": {"description": "the value as it was, which may be no JSON"},
    }


def _key(row: Topic) -> JsonObject:
    what = "any, or none" if row.key == "free" else f"the id of the {row.key}, in UTF-8"
    return {"kafka": {"key": {"type": "string", "description": what}, "bindingVersion": BINDING}}


def _schemas(services: Mapping[str, Generated]) -> JsonObject:
    """Return every schema FastStream wrote, closed to fields it does not name.

    The unions that it writes for a topic are left out: here each type is a message of its own.
    Example: TaskCreated with additionalProperties false.
    """
    schemas: JsonObject = {}
    for made in services.values():
        components = made.document["components"]
        written = components.get("schemas") if isinstance(components, dict) else None
        for name, schema in written.items() if isinstance(written, dict) else ():
            if ":" not in name and isinstance(schema, dict):
                schemas[name] = closed(schema)
    return dict(sorted(schemas.items()))
