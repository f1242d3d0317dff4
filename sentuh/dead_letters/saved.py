"""A dead letter as one line of JSON, for other programs and to send it again as somebody else."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

from sentuh.dead_letters.dead_letter_reader import output_of
from sentuh.dead_letters.replay import Going, ReplayPlan
from sentuh.history.collect import DeadLetter
from shared.contracts.errors import SettingError
from shared.contracts.record import Record
from shared.contracts.topics import DEAD_LETTERS, Names

_YEAR_9999_MS = 253_402_300_799_999


class DeadLetterPosition(BaseModel):
    """The position of the dead letter itself, and its time."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int = Field(ge=0, le=_YEAR_9999_MS)


class Payload(BaseModel):
    """Key, value and headers of the dead letter's record, bytes in base64."""

    model_config = ConfigDict(hide_input_in_errors=True)

    key: Base64Bytes | None
    value: Base64Bytes | None
    headers: list[tuple[str, Base64Bytes]]


class Saved(BaseModel):
    """The fields of a saved line that are read again; others are ignored."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    letter: DeadLetterPosition
    payload: Payload


def as_json(dead_letter: DeadLetter, *, payload: bool) -> str:
    """Return a dead letter as one line of JSON; key, headers and value only with `payload`."""
    record = dead_letter.record
    facts: dict[str, object] = {
        "at": record.appended_at.isoformat(),
        "service": dead_letter.service,
        "reason": dead_letter.reason,
        "detail": dead_letter.detail,
        "dl_id": record.header("dl_id"),
        "refused": _refused_position(dead_letter),
        "output": _output(dead_letter),
        "letter": _position(record).model_dump(),
    }
    if payload:
        facts["payload"] = _payload(record).model_dump(mode="json")
    return json.dumps(facts)


def _output(dead_letter: DeadLetter) -> dict[str, str] | None:
    """Return source and id of the output that was refused; None where they cannot be read."""
    ref = output_of(dead_letter)
    return None if ref is None else {"source": ref[0], "id": ref[1]}


def plan_as_json(plan: ReplayPlan, published: Collection[Going]) -> Iterator[str]:
    """Yield a line of JSON for each dead letter of a plan: where it goes, or why it stays."""
    done = {id(going) for going in published}
    for going in plan.going:
        target = {"topic": going.place.topic, "partition": going.place.partition}
        yield json.dumps(
            {
                "dl_id": going.dead_letter.record.header("dl_id"),
                "refused": _refused_position(going.dead_letter),
                "to": target,
                "published": id(going) in done,
            }
        )
    for staying in plan.staying:
        yield json.dumps(
            {
                "dl_id": staying.dead_letter.record.header("dl_id"),
                "refused": _refused_position(staying.dead_letter),
                "stays": staying.why,
            }
        )


def read_saved(path: Path, names: Names) -> list[Record]:
    """Return the records of dead letters saved with their payload.

    SettingError names a line that holds none. Example of a file: what
    `sentuh dead-letters --json --show` prints.
    """
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
            fix = "save dead letters with `sentuh dead-letters --json --show`"
            raise SettingError(
                f"{path}:{number}: no dead letter with its payload: {fix}"
            ) from error
        at, payload = saved.letter, saved.payload
        if at.topic not in topics:
            raise SettingError(
                f"{path}:{number}: {at.topic!r} is no topic of dead letters: correct --prefix"
            )
        yield Record(
            at.topic, at.partition, at.offset, payload.key, payload.value, tuple(payload.headers),
            at.timestamp_ms,
        )  # fmt: skip


def _refused_position(dead_letter: DeadLetter) -> dict[str, object]:
    topic, partition, offset = dead_letter.spot
    return {"topic": topic, "partition": partition, "offset": offset}


def _position(record: Record) -> DeadLetterPosition:
    return DeadLetterPosition(
        topic=record.topic, partition=record.partition, offset=record.offset,
        timestamp_ms=record.timestamp_ms,
    )  # fmt: skip


def _payload(record: Record) -> Payload:
    return Payload.model_construct(key=record.key, value=record.value, headers=list(record.headers))
