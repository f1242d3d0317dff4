"""Reads source and id of a model output from its record, in each of the three ways to send one.

CloudEvents binary (headers `ce_source`, `ce_id`), CloudEvents structured, and our envelope in bare
JSON. Whether the record is acceptable is not checked here. No schema registry is asked: of a record
in Avro only its headers are read.
"""

import base64
import json

from shared.contracts.errors import Refused
from shared.contracts.framing import framed_value, unframed
from shared.contracts.record import Record

Ref = tuple[str, str]
_MARKS = frozenset({"response", "format", "task_type"})
_REQUESTED = "org.kubeflow.serving.inference.request"
"""What KServe's logger sends apart from a response, under the same source and id: no output."""
_OWN = "sentuh:"
"""Source and id of an output that named none begin so; the id ends in partition and offset."""


def ref_of(record: Record) -> Ref | None:
    """Return source and id of an output record; None if it names none, or none that can be read."""
    headers = (record.header("ce_source"), record.header("ce_id"))  # or `ce-source`, `ce-id`
    value = _object(record.value)
    structured = _is_structured(record, value)
    attributes = (value.get("source"), value.get("id")) if structured else headers
    data = _data_of(value) if structured else value
    inner = data if isinstance(data, dict) and data.keys() & _MARKS else {}
    source = attributes[0] or inner.get("source")
    named = attributes[1] or inner.get("id")
    return (source, named) if isinstance(source, str) and isinstance(named, str) else None


def is_request(record: Record) -> bool:
    """Return whether a record is what a model server was asked, of which nothing follows alone."""
    stated = record.header("ce_type")
    if stated is None and _REQUESTED.encode() in (record.value or b""):
        value = _object(record.value)
        stated = str(value.get("type")) if _is_structured(record, value) else None
    return stated == _REQUESTED


def is_hidden(record: Record) -> bool:
    """Return whether a record's source and id may stand where only its schema can read them.

    Example: Avro without CloudEvents headers.
    """
    return ref_of(record) is None and not _object(record.value) and framed_value(record) is not None


def own_place(ref: Ref) -> tuple[str, int, int] | None:
    """Return topic, partition and offset of an output that was sent without an id; else None."""
    if not ref[1].startswith(_OWN):
        return None
    parts = ref[1].removeprefix(_OWN).rsplit(".", 3)
    if len(parts) != 4 or not all(map(str.isdecimal, parts[2:])):
        return None
    return parts[0], int(parts[2]), int(parts[3])


def _is_structured(record: Record, value: dict[str, object]) -> bool:
    in_headers = record.header("ce_source") or record.header("ce_id")
    return not in_headers and "specversion" in value


def _data_of(event: dict[str, object]) -> object:
    encoded = event.get("data_base64")
    if not isinstance(encoded, str):
        return event.get("data")
    try:
        return _object(base64.b64decode(encoded))
    except ValueError:
        return None


def _object(raw: bytes | None) -> dict[str, object]:
    try:
        value = json.loads(unframed(raw or b"{}"))
    except (ValueError, RecursionError, Refused):
        return {}
    return value if isinstance(value, dict) else {}
