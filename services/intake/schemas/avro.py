"""Reads Avro's binary encoding (specification 1.12) by a schema, within bounds of size and depth.

The library's own reader has no such bounds: a value of a type that holds itself ends the process,
and an array of nulls grows with the number that is written before it. What each type becomes in
JSON: bytes and fixed are base64, an enum is its symbol, a union is the value alone, a map an
object; logical types are told in `logical.py`.
"""

import base64
import math
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import JsonValue

from services.intake.schemas import logical
from services.intake.schemas.avro_bytes import AvroBytes, misfit
from services.intake.schemas.logical import BadSchemaError
from shared.contracts.errors import Reason, Refused
from shared.contracts.strictjson import JsonObject

_FLOAT, _DOUBLE = struct.Struct("<f"), struct.Struct("<d")


AvroReader = Callable[[AvroBytes], JsonValue]
"""Reads one value of a type. Raises Refused where the bytes do not fit it."""


def reader_of(schema: Any, named: Mapping[str, Any]) -> AvroReader:
    """Return what reads values of this schema, as `fastavro.parse_schema` returned it.

    `named` holds the types that are called by their full name. Raises BadSchemaError.
    Example: `reader_of(["null", "long"], {})` reads `02 0e` as 7.
    """
    return _Readers(named).of(schema)


class _Readers:
    """Makes the readers of one schema's types: one of each record, however often it is named."""

    def __init__(self, named: Mapping[str, Any]) -> None:
        self._named = named
        self._records: dict[str, AvroReader] = {}
        self._of_kind: Mapping[str, Callable[[Any], AvroReader]] = {
            "record": self._record,
            "error": self._record,
            "enum": _enum,
            "fixed": _fixed,
            "array": self._array,
            "map": self._map,
        }

    def of(self, schema: Any) -> AvroReader:
        if isinstance(schema, list):
            return self._union(schema)
        if isinstance(schema, str):
            return _PRIMITIVES[schema] if schema in _PRIMITIVES else self.of(self._named[schema])
        kind = schema["type"]
        if "logicalType" in schema and (reader := _of_logical(schema)) is not None:
            return reader
        return self._of_kind[kind](schema) if kind in self._of_kind else self.of(kind)

    def _record(self, schema: Any) -> AvroReader:
        name, records = schema["name"], self._records
        if name not in records:
            # Until its own fields are made, which may hold it: then it is looked up when read.
            records[name] = lambda source: records[name](source)  # noqa: PLW0108
            fields = [(field["name"], self.of(field["type"])) for field in schema["fields"]]
            if len({field for field, _ in fields}) < len(fields):
                raise BadSchemaError
            records[name] = _record_of(fields)
        return records[name]

    def _array(self, schema: Any) -> AvroReader:
        item = self.of(schema["items"])

        def read(source: AvroBytes) -> JsonValue:
            source.enter()
            items: list[JsonValue] = []
            while count := _count(source):
                for _ in range(count):
                    source.spend(1)
                    items.append(item(source))
            source.depth -= 1
            return items

        return read

    def _map(self, schema: Any) -> AvroReader:
        value = self.of(schema["values"])

        def read(source: AvroBytes) -> JsonValue:
            source.enter()
            entries: JsonObject = {}
            while count := _count(source):
                for _ in range(count):
                    key = _string(source)
                    if key in entries:
                        fix = "send each key once"
                        raise Refused(Reason.DUP_KEY, f"value: a map has the same key twice: {fix}")
                    entries[key] = value(source)
            source.depth -= 1
            return entries

        return read

    def _union(self, branches: Sequence[Any]) -> AvroReader:
        if any(isinstance(branch, list) for branch in branches):
            raise BadSchemaError
        readers = [self.of(branch) for branch in branches]

        def read(source: AvroBytes) -> JsonValue:
            return readers[_index(source, len(readers))](source)

        return read


def _record_of(fields: Sequence[tuple[str, AvroReader]]) -> AvroReader:
    names = sum(len(name) + 4 for name, _ in fields) + 2

    def read(source: AvroBytes) -> JsonValue:
        source.enter()
        source.spend(names)
        record: JsonObject = {name: reader(source) for name, reader in fields}
        source.depth -= 1
        return record

    return read


def _enum(schema: Any) -> AvroReader:
    symbols: list[str] = schema["symbols"]

    def read(source: AvroBytes) -> JsonValue:
        symbol = symbols[_index(source, len(symbols))]
        source.spend(len(symbol) + 2)
        return symbol

    return read


def _fixed(schema: Any) -> AvroReader:
    size = _size_of(schema)
    return lambda source: _in_base64(source, size)


def _of_logical(schema: Any) -> AvroReader | None:
    """Return what reads a logical type; None for one that is read as the type below it."""
    make = logical.LOGICAL.get((schema["logicalType"], schema["type"]))
    if make is None:
        return None
    in_json, take = make(schema), _taking(schema)

    def read(source: AvroBytes) -> JsonValue:
        try:
            text = in_json(take(source))
        except (ValueError, OverflowError):
            raise misfit() from None
        source.spend(len(text) + 2)
        return text

    return read


def _taking(schema: Any) -> Callable[[AvroBytes], Any]:
    """Return what takes the number or the bytes below a logical type."""
    if schema["type"] in ("int", "long"):
        return AvroBytes.long
    if schema["type"] == "bytes":
        return lambda source: source.take(source.long())
    size = _size_of(schema)
    return lambda source: source.take(size)


def _size_of(schema: Any) -> int:
    size = schema["size"]
    if not isinstance(size, int) or size < 0:
        raise BadSchemaError
    return size


def _count(source: AvroBytes) -> int:
    """Return how many items the next block has; 0 at the end. A block may tell its bytes, too."""
    count = source.long()
    if count < 0:
        source.long()
    return abs(count)


def _index(source: AvroBytes, count: int) -> int:
    index = source.long()
    if not 0 <= index < count:
        raise misfit()
    return index


def _null(source: AvroBytes) -> JsonValue:
    source.spend(4)
    return None


def _boolean(source: AvroBytes) -> JsonValue:
    byte = source.take(1)[0]
    if byte > 1:
        raise misfit()
    source.spend(4)
    return byte == 1


def _long(source: AvroBytes) -> JsonValue:
    source.spend(1)
    return source.long()


def _number(form: struct.Struct) -> AvroReader:
    def read(source: AvroBytes) -> JsonValue:
        (number,) = form.unpack(source.take(form.size))
        source.spend(3)
        if not math.isfinite(number):
            fix = "leave it out, or send null"
            raise Refused(Reason.JSON_INVALID, f"value: a number is NaN or infinite: {fix}")
        return float(number)

    return read


def _string(source: AvroBytes) -> str:
    raw = source.take(source.long())
    source.spend(len(raw) + 2)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise misfit() from None


def _in_base64(source: AvroBytes, size: int) -> JsonValue:
    text = base64.b64encode(source.take(size)).decode()
    source.spend(len(text) + 2)
    return text


_PRIMITIVES: Mapping[str, AvroReader] = {
    "null": _null,
    "boolean": _boolean,
    "int": _long,
    "long": _long,
    "float": _number(_FLOAT),
    "double": _number(_DOUBLE),
    "bytes": lambda source: _in_base64(source, source.long()),
    "string": _string,
}
