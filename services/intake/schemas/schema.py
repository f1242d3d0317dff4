"""A schema as a registry gives it: what turns bytes written by it into JSON text, or why none can.

What an id names never changes, so a schema is made once, faults and all.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import fastavro

from services.intake.schemas.avro import AvroReader, reader_of
from services.intake.schemas.avro_bytes import AvroBytes, misfit, too_large
from services.intake.schemas.logical import BadSchemaError
from shared.contracts.errors import Reason, Refused
from shared.contracts.framing import SchemaId
from shared.contracts.strictjson import parse
from shared.contracts.topics import MODEL_OUTPUTS

AVRO, JSON = "AVRO", "JSON"
"""Types of schemas, as registries name them; Avro where none is named."""
_DEPTH_MAX = 128
"""Nesting of a schema's own text: a field of a record is three levels down."""
_ENCRYPTED = "ENCRYPT"
"""How the type of a rule begins by which a serializer encrypts fields."""


class SchemaText(NamedTuple):
    """A schema in a registry's words. `references` are the texts of those it names, first ones
    first; `rules` the types of the rules by which a serializer changes what it writes.
    """

    text: str
    kind: str = AVRO
    references: Sequence[str] = ()
    rules: Sequence[str] = ()

    @property
    def size(self) -> int:
        """The characters of all its texts, which bound what it takes in memory."""
        return len(self.text) + sum(map(len, self.references))


class Schema:
    """Turns a record's bytes into JSON text. `fault` is why no bytes of it can be read."""

    def __init__(
        self, *, avro: AvroReader | None = None, fault: Refused | None = None, size: int = 0
    ) -> None:
        self._avro = avro
        self.fault = fault
        self.size = size

    @classmethod
    def of(cls, sent: SchemaText) -> "Schema":
        """Return the schema that a registry has sent; one that cannot be read has its fault."""
        if any(rule.upper().startswith(_ENCRYPTED) for rule in sent.rules):
            fix = "send them as they are"
            return cls.refused(Reason.UNSUPPORTED, "has rules that encrypt fields", fix=fix)
        if sent.kind == JSON:
            return cls(size=sent.size)
        if sent.kind != AVRO:
            fix = "send one of the two"
            return cls.refused(Reason.UNSUPPORTED, "is neither Avro nor JSON", fix=fix)
        try:
            return cls(avro=_avro_of(sent), size=sent.size)
        except Exception:  # noqa: BLE001 - the parser raises whatever its code meets in a bad one
            return cls.refused(Reason.BAD_SCHEMA, "is no valid Avro", fix="correct it")

    @classmethod
    def refused(cls, reason: Reason, why: str, *, fix: str) -> "Schema":
        """Return a schema by which nothing can be read, with why and the fix."""
        return cls(fault=Refused(reason, f"value: the schema that it names {why}: {fix}"))

    def as_json(self, body: bytes) -> bytes:
        """Return the JSON text of bytes written by this schema.

        With a JSON schema that is the bytes themselves. Raises Refused where they do not fit.
        """
        if self.fault is not None:
            # Raised anew: one error raised twice would keep the frames of both.
            raise Refused(self.fault.reason, self.fault.detail)
        if self._avro is None:
            return body
        source = AvroBytes(body, MODEL_OUTPUTS.size_bytes_max)
        value = self._avro(source)
        if not source.at_end:
            raise misfit()
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        if len(text) > MODEL_OUTPUTS.size_bytes_max:
            raise too_large()
        return text


class OneSchema:
    """The one schema by which all records are read, whatever id they name. Example: of a file."""

    is_there = True

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def of(self, _: SchemaId) -> Schema:
        """Return the schema."""
        return self._schema


def _avro_of(sent: SchemaText) -> AvroReader:
    named: dict[str, Any] = {}
    for reference in sent.references:
        _parsed(reference, named)
    return reader_of(_parsed(sent.text, named), named)


def _parsed(text: str, named: dict[str, Any]) -> Any:
    schema: Any = parse(text.encode(), depth_max=_DEPTH_MAX)
    if not isinstance(schema, (str, list, dict)):
        raise BadSchemaError
    return fastavro.parse_schema(schema, named_schemas=named)
