"""Reads files of model outputs as the records they would be on `model-outputs`."""

import base64
import binascii
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from shared.contracts.errors import SettingError
from shared.contracts.record import Headers, Record
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS

STDIN = Path("-")
_DEAD_LETTER_HEADERS = "dl_"


class SentRecord(NamedTuple):
    """One record of a file; `where` names the file and, of several records, the line."""

    where: str
    record: Record


def read_sent_files(paths: Sequence[Path]) -> list[SentRecord]:
    """Return the records in these files in their order; `-` is the standard input.

    A file holds one JSON value, or one a line; or records with their headers, as
    `sentuh dead-letters --json --show` and `kcat -J` print them, or as
    `{"headers": [[name, base64], ...], "value_base64": ...}`. A file that is none of these is one
    record as it is, such as Avro. Raises SettingError for a file that cannot be read.
    """
    sent = [one for path in paths for one in _of_file(path)]
    return [
        SentRecord(one.where, one.record._replace(offset=number)) for number, one in enumerate(sent)
    ]


def _of_file(path: Path) -> Iterator[SentRecord]:
    raw = _bytes_of(path)
    name = "stdin" if path == STDIN else str(path)
    if not _is_lines(raw):
        yield SentRecord(name, _record(raw))
        return
    for number, line in enumerate(raw.split(b"\n"), 1):
        if line.strip():
            yield SentRecord(f"{name}:{number}", _record(line.rstrip(b"\r")))


def _bytes_of(path: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except OSError as error:
        raise SettingError(f"{path}: {error.strerror}: name a file of outputs, or -") from error


def _is_lines(raw: bytes) -> bool:
    """Whether these bytes are JSON lines: no JSON as a whole, but a first line that is."""
    first, newline, rest = raw.strip().partition(b"\n")
    return bool(newline and rest) and _json(raw) is None and _json(first) is not None


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _record(raw: bytes) -> Record:
    """Return the record that is dumped in these bytes, or else one whose value they are."""
    value = _json(raw)
    dumped = _dumped(value) if isinstance(value, dict) else None
    content, headers = (raw, ()) if dumped is None else dumped
    return Record(MODEL_OUTPUTS.name, 0, 0, None, content, headers, 0, topic_id="offline")


def _dumped(value: dict[str, Any]) -> tuple[bytes | None, Headers] | None:
    """Return value and headers of a dumped record; None for an object that is none."""
    try:
        if "value_base64" in value:
            return _plain(value["value_base64"], value.get("headers"))
        if isinstance(value.get("letter"), dict) and isinstance(value.get("payload"), dict):
            return _of_dead_letter(value["payload"], value["letter"].get("topic"))
        if value.keys() >= {"topic", "partition", "offset", "payload"}:
            return _of_kcat(value)
    except (TypeError, ValueError, AttributeError, binascii.Error):
        return None
    return None


def _plain(value: str | None, headers: Any) -> tuple[bytes | None, Headers]:
    content = None if value is None else base64.b64decode(value, validate=True)
    pairs = headers.items() if isinstance(headers, dict) else headers or ()
    return content, tuple([(str(name), base64.b64decode(text or "")) for name, text in pairs])


def _of_dead_letter(payload: dict[str, Any], topic: Any) -> tuple[bytes | None, Headers] | None:
    if not any(str(topic).endswith(row.name) for row in DEAD_LETTERS.values()):
        return None
    content, headers = _plain(payload.get("value"), payload.get("headers"))
    kept = [pair for pair in headers if not pair[0].startswith(_DEAD_LETTER_HEADERS)]
    return content, tuple(kept)


def _of_kcat(value: dict[str, Any]) -> tuple[bytes | None, Headers]:
    payload, flat = value["payload"], value.get("headers") or []
    content = payload.encode() if isinstance(payload, str) else None
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return content, tuple([(name, (text or "").encode()) for name, text in pairs])
