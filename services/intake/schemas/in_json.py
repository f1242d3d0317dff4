"""Turns a record that is written by a schema into the same record in JSON."""

from typing import Protocol

from services.intake.schemas.schema import Schema
from shared.contracts.errors import Reason, Refused
from shared.contracts.framing import FramedValue, SchemaId, framed_value
from shared.contracts.record import Record
from shared.contracts.strictjson import parse

_BRACKETS = (b"{", b"[")


class Schemas(Protocol):
    """The schemas that records name. `is_there` is False where no registry is set."""

    is_there: bool

    def of(self, schema_id: SchemaId, /) -> Schema:
        """Return the schema of this id; raises Refused if there is none."""
        ...


class NoRegistry:
    """No schemas at all; `fix` says what to do."""

    is_there = False

    def __init__(self, fix: str) -> None:
        self._fix = fix

    def of(self, _: SchemaId) -> Schema:
        """Raise Refused with the fix."""
        why = "it can be read only by a schema of a registry, and none is set"
        raise Refused(Reason.JSON_INVALID, f"value: {why}: {self._fix}")


NO_REGISTRY = NoRegistry(
    "send plain JSON in UTF-8, without a registry's serializer, or set"
    " SENTUH_INTAKE_SCHEMA_REGISTRY_URL where intake runs"
)


def in_json(record: Record, schemas: Schemas) -> Record:
    """Return the record with its value in JSON; the record itself where it is already.

    JSON needs no schema, also behind a registry's prefix. Raises Refused for a schema that is
    unknown or cannot be read, and for bytes that do not fit it.
    Example: Avro behind `00 00 00 00 07` is read by schema 7.
    """
    framed = needs_schema(record, schemas)
    if framed is None:
        return record
    return record._replace(value=schemas.of(framed.schema_id).as_json(framed.body))


def needs_schema(record: Record, schemas: Schemas) -> FramedValue | None:
    """Return what a record's schema and bytes are; None where it can be read without a schema.

    Avro may begin with a bracket too, so that what looks like JSON is JSON only if it parses.
    """
    framed = framed_value(record)
    if framed is None or framed.body[:1] not in _BRACKETS:
        return framed
    return framed if schemas.is_there and not _is_json(framed.body) else None


def _is_json(body: bytes) -> bool:
    try:
        parse(body)
    except Refused as refused:
        return refused.reason is not Reason.JSON_INVALID
    return True
