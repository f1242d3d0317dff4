"""The cases: inputs from files, and beside them what must come of each, from `expected.yaml`."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, JsonValue

from shared.contracts.topics import MODEL_OUTPUTS

HERE = Path(__file__).parent
Section = Literal["inputs", "samples", "further"]
SECTIONS: tuple[Section, ...] = ("inputs", "samples", "further")
KINDS: Mapping[str, str] = {
    "trouble": "a sign of trouble that is on no list",
    "tokens": "confidence from other tokens than the answer's",
    "number": "one odd number refuses the whole output",
    "dropped": "what came along is dropped in silence",
    "spelling": "a character or spelling that people use is refused",
    "shape": "a shape of a tool that is named as supported",
    "foreign": "foreign objects are taken for our envelope",
    "message": "the message does not name what is wrong",
    "say": "what people want to say cannot be said",
    "hosted": "hosted servers",
}
"""What goes wrong elsewhere, by kind."""
Came = Literal["task", "waived", "refused", "taken", "declined", "nothing"]


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Right(_Closed):
    """What must come of one record; what is left out may be anything.

    `confidence` is a word for why there is none, or two bounds. Of a letter's detail every text of
    `says` must be in it and none of `leaves_out`, whatever the case of its letters.
    """

    came: Came | tuple[Came, ...]
    gate: str | None = None
    confidence: Literal["absent", "sentinel"] | tuple[float, float] | None = None
    text: str | None = None
    answer: str | None = None
    id: str | None = None
    source: str | None = None
    reason: str | None = None
    says: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()


class Row(_Closed):
    """What is right for one input: for each of its records, or for the process it starts.

    `right` is the reason in words; `why` says why we decide otherwise than was expected there.
    `sent_as` are the fields of our envelope round an input that is a payload alone; none: as it is.
    `kind` is one of `KINDS`, for further inputs. `offered` says whether the worker of the records
    is offered the next task.
    """

    short: str
    kind: str = ""
    right: str = ""
    why: str = ""
    sent_as: Mapping[str, JsonValue] | None = None
    records: tuple[Right, ...] = ()
    offered: bool | None = None
    process: str = ""
    says: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sent:
    """One record to publish."""

    topic: str
    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes | None], ...] = ()

    def filled(self, blanks: Mapping[str, str]) -> "Sent":
        """Return the record with its blanks, such as `<now>`, filled in."""
        value, key = self.value, self.key
        for blank, text in blanks.items():
            value = value and value.replace(blank.encode(), text.encode())
            key = key and key.replace(blank.encode(), text.encode())
        return replace(self, value=value, key=key)


@dataclass(frozen=True)
class Case:
    """One input: its number, where it is from, what was expected there, and what is right here."""

    number: str
    source: str
    expected: str
    row: Row | None
    sent: tuple[Sent, ...]
    file: Path

    @property
    def is_file(self) -> bool:
        """Whether it is a catalog or the settings of a process, and no records."""
        return self.file.suffix == ".yaml"


def cases(section: Section, folder: Path | None = None) -> list[Case]:
    """Return the cases of a folder in order of their names; of none named, our own copies.

    Example: `cases("samples")[0].number` is `catboost-number-like-classes`.
    """
    rows = expectations()[section]
    files = sorted(
        f for f in (folder or HERE / section).iterdir() if f.suffix in (".json", ".yaml")
    )
    return [_case(file, _number(file, section), rows) for file in files]


@cache
def expectations() -> Mapping[Section, Mapping[str, Row]]:
    """Return what is right for each input, by section and number."""
    written = yaml.safe_load((HERE / "expected.yaml").read_text(encoding="utf-8"))
    return {
        section: {
            number: Row.model_validate(row) for number, row in (written[section] or {}).items()
        }
        for section in SECTIONS
    }


def _number(file: Path, section: Section) -> str:
    return file.stem.partition("-")[0] if section == "inputs" else file.stem


def _case(file: Path, number: str, rows: Mapping[str, Row]) -> Case:
    row = rows.get(number)
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".yaml":
        heads = dict(_heads(text))
        return Case(number, heads.get("source", ""), heads.get("expected", ""), row, (), file)
    read = json.loads(text)
    if isinstance(read, dict) and "records" in read:
        sent = tuple(_sent(record) for record in read["records"])
        return Case(number, read["source"], read["expected"], row, sent, file)
    return Case(number, file.stem, row.right if row else "", row, (_bare(read, row, number),), file)


def _heads(text: str) -> Iterator[tuple[str, str]]:
    """Yield the facts a catalog or settings file states in its first comments."""
    for line in text.splitlines():
        name, _, said = line.removeprefix("# ").partition(": ")
        if line.startswith("# ") and name in ("source", "expected"):
            yield name, said


def _sent(record: Mapping[str, Any]) -> Sent:
    headers = record.get("headers", {})
    pairs: Sequence[tuple[str, str | None]] = (
        tuple(headers.items()) if isinstance(headers, dict) else [tuple(pair) for pair in headers]
    )
    return Sent(
        record["topic"],
        _value(record),
        record["key"].encode() if record.get("key") is not None else None,
        tuple((name, None if text is None else text.encode()) for name, text in pairs),
    )


def _value(record: Mapping[str, Any]) -> bytes | None:
    if record.get("value_null"):
        return None
    if "value_base64" in record:
        return base64.b64decode(record["value_base64"])
    if "value_text" in record:
        return str(record["value_text"]).encode()
    return json.dumps(record["value"], ensure_ascii=False).encode()


def _bare(read: Any, row: Row | None, number: str) -> Sent:
    """Return the record of a sample: what was on Kafka, or a payload in our envelope."""
    if isinstance(read, dict) and "value_base64" in read:
        return _sent({"topic": MODEL_OUTPUTS.name, **read})
    if row is None or row.sent_as is None:
        return _sent({"topic": MODEL_OUTPUTS.name, "value": read})
    ours = {"source": "/samples", "id": number, **row.sent_as, "response": read}
    return _sent({"topic": MODEL_OUTPUTS.name, "value": ours})
