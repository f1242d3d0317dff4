"""Records that are spoilt in one place, and what they are refused with."""

import json
from collections.abc import Callable

from pydantic import JsonValue

from shared.contracts.record import Record
from tests.support.in_memory import InMemory, header

Spoil = Callable[[Record], Record]


def dead_letter_of(running: InMemory, record: Record) -> tuple[str, str]:
    """The reason and the detail a record is refused with."""
    running.hear_records(record)
    dead_letter = running.dead_letters[-1]
    return header(dead_letter, "dl_reason"), header(dead_letter, "dl_detail")


def with_field(name: str, value: JsonValue) -> Spoil:
    """A record with this field in its value."""

    def spoil(record: Record) -> Record:
        fields = {**json.loads(record.value or b"{}"), name: value}
        return record._replace(value=json.dumps(fields).encode())

    return spoil
