"""Checks dead letters: the headers we add give the reason and repeat nothing of the payload."""

import json
import re
from collections.abc import Iterator
from functools import cache

from sentuh.audit.report import Violation
from sentuh.history.collect import DeadLetter, History
from services.intake.catalog.format_names import FORMAT_NAMES
from shared.contracts.errors import Reason
from shared.contracts.events import EVENTS
from shared.contracts.fields import names_in
from shared.contracts.topics import SERVICES, TOPICS

TELLING_CHARACTERS = 12
"""A run of this many characters that also stands in the record is no accident."""

OWN_HEADERS = frozenset(
    {"dl_id", "dl_service", "dl_reason", "dl_detail", "dl_topic", "dl_partition", "dl_offset"}
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def dead_letters_tell_nothing(history: History) -> Iterator[Violation]:
    """Yield dead letters whose headers hold more than ids, places, known reasons and our words."""
    for dead_letter in history.dead_letters:
        subject = dead_letter.record.header("dl_id") or "a dead letter without id"
        yield from (
            Violation(subject, fault) for fault in _faults(dead_letter, history.names.prefix)
        )


def _faults(dead_letter: DeadLetter, prefix: str) -> Iterator[str]:
    headers = {name for name, _ in dead_letter.record.headers if name.startswith("dl_")}
    if headers != OWN_HEADERS:
        yield f"headers other than ours: {', '.join(sorted(headers ^ OWN_HEADERS))}"
    if not _UUID.fullmatch(dead_letter.record.header("dl_id") or ""):
        yield "dl_id is no id"
    if dead_letter.reason not in set(Reason) or dead_letter.service not in SERVICES:
        yield "dl_reason or dl_service is none of ours"
    topics = {prefix + topic.name for topic in TOPICS}
    if (dead_letter.record.header("dl_topic") or "") not in topics or min(dead_letter.spot[1:]) < 0:
        yield "dl_topic, dl_partition, dl_offset name no place"
    if _tells(dead_letter.detail, dead_letter.record.value or b""):
        yield "dl_detail repeats what the record says"


def _tells(detail: str, value: bytes) -> bool:
    foreign = detail
    for word in _own_words():
        foreign = foreign.replace(word, "\n")
    texts = list(_texts(value))
    pieces = (
        foreign[at : at + TELLING_CHARACTERS] for at in range(len(foreign) - TELLING_CHARACTERS + 1)
    )
    return any(piece in text for piece in pieces if "\n" not in piece for text in texts)


_FIELD_NAME = re.compile(r"[a-z_]{1,32}")
"""The shape of field names: a detail may name a field, whoever sent it."""


def _texts(value: bytes) -> Iterator[str]:
    try:
        yield from _strings(json.loads(value))
    except (ValueError, RecursionError):
        yield value.decode("utf-8", "replace")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if not _FIELD_NAME.fullmatch(str(name)):
                yield str(name)
            yield from _strings(item)


@cache
def _own_words() -> tuple[str, ...]:
    """Return the words of the contracts, the longest first: a detail may use them freely."""
    words = {event.TYPE for event in EVENTS} | {topic.name for topic in TOPICS}
    words |= FORMAT_NAMES
    words |= {name for event in EVENTS for name in names_in(event)}
    return tuple(sorted((word for word in words if len(word) > 3), key=len, reverse=True))
