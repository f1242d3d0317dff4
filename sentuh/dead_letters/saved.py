"""A letter as one line of JSON, for other programs and to send it again as somebody else."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

from sentuh.history.collect import DeadLetter
from shared.contracts.errors import SettingError
from shared.contracts.record import Record
from shared.contracts.topics import DEAD_LETTERS, Names

_YEAR_9999_MS = 253_402_300_799_999


class Stands(BaseModel):
    """Where the letter itself stands."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int = Field(ge=0, le=_YEAR_9999_MS)


class Payload(BaseModel):
    """The letter's record, bytes in base64."""

    model_config = ConfigDict(hide_input_in_errors=True)

    key: Base64Bytes | None
    value: Base64Bytes | None
    headers: list[tuple[str, Base64Bytes]]


class Saved(BaseModel):
    """What is read of a line again."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    letter: Stands
    payload: Payload


def as_json(letter: DeadLetter, *, payload: bool) -> str:
    """What a letter says of itself; what was refused, key and headers too, only with `payload`."""
    record = letter.record
    topic, partition, offset = letter.spot
    said: dict[str, object] = {
        "at": record.appended_at.isoformat(),
        "service": letter.service,
        "reason": letter.reason,
        "detail": letter.detail,
        "dl_id": record.header("dl_id"),
        "refused": {"topic": topic, "partition": partition, "offset": offset},
        "letter": _stands(record).model_dump(),
    }
    if payload:
        said["payload"] = _payload(record).model_dump(mode="json")
    return json.dumps(said)


def read_saved(path: Path, names: Names) -> list[Record]:
    """The records of letters saved with their payload; SettingError names the line that is none."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"--from {path} cannot be read ({error}): name a file") from error
    return list(_records(path, lines, names))


def _records(path: Path, lines: list[str], names: Names) -> Iterator[Record]:
    topics = {names.of(row) for row in DEAD_LETTERS.values()}
    for number, line in enumerate(lines, 1):
        try:
            saved = Saved.model_validate_json(line)
        except ValidationError as error:
            fix = "save letters with `sentuh letters --json --show`"
            raise SettingError(f"{path}:{number}: no letter with its payload: {fix}") from error
        at, told = saved.letter, saved.payload
        if at.topic not in topics:
            raise SettingError(
                f"{path}:{number}: {at.topic!r} is no topic of dead letters: correct --prefix"
            )
        yield Record(
            at.topic, at.partition, at.offset, told.key, told.value, tuple(told.headers),
            at.timestamp_ms,
        )  # fmt: skip


def _stands(record: Record) -> Stands:
    return Stands(
        topic=record.topic, partition=record.partition, offset=record.offset,
        timestamp_ms=record.timestamp_ms,
    )  # fmt: skip


def _payload(record: Record) -> Payload:
    return Payload.model_construct(key=record.key, value=record.value, headers=list(record.headers))
