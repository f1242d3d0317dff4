"""Dead letters as services write them, for tests."""

import json

from sentuh.dead_letters import letters_of
from sentuh.history.collect import DeadLetter
from shared.contracts import envelope
from shared.contracts.errors import Reason, Refused
from shared.contracts.record import Headers, Record
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS, Names, Topic

NAMES = Names("x-")
FIX = "name one that is, or add it"
NAMED = json.dumps({"source": "/m", "id": "o-1", "response": "cat"}).encode()


def a_record(
    value: bytes | None = NAMED,
    *,
    topic: Topic = MODEL_OUTPUTS,
    key: bytes | None = b"k",
    headers: Headers = (("trace", b"t"),),
    partition: int = 2,
    offset: int = 7,
) -> Record:
    """A record as it was refused."""
    return Record(NAMES.of(topic), partition, offset, key, value, headers, 0)


def a_letter_record(
    record: Record | None = None,
    *,
    service: str = "intake",
    reason: Reason = Reason.UNKNOWN_TASK_TYPE,
    detail: str = FIX,
    at_seconds: int = 0,
) -> Record:
    """The record of its letter, written so many seconds after 1970."""
    topic = NAMES.of(DEAD_LETTERS[service])
    refused = Refused(reason, detail)
    said = envelope.dead_letter(record or a_record(), refused, service=service, topic=topic)
    return Record(topic, 0, at_seconds, said.key, said.value, said.headers, at_seconds * 1000)


def a_letter(record: Record | None = None, **more: object) -> DeadLetter:
    """The letter itself."""
    return letters_of([a_letter_record(record, **more)], NAMES)[0]  # type: ignore[arg-type]
