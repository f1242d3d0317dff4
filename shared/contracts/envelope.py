"""Turns an event into a Kafka record with CloudEvents 1.0 headers (binary mode), and back.

Example: an event of type `task.created.v1` has that name in its header `ce_type`.
"""

import hashlib
import re
from datetime import UTC, datetime
from functools import cache, lru_cache

from pydantic import BaseModel, JsonValue, ValidationError

from shared.contracts.controls import refuse_controls
from shared.contracts.errors import Reason, Refused
from shared.contracts.events import BY_TYPE
from shared.contracts.events.model import Event, natural_id
from shared.contracts.framing import unframed
from shared.contracts.own_headers import own_headers
from shared.contracts.record import Headers, Outgoing, Record
from shared.contracts.strictjson import parse_object, refusal
from shared.contracts.topics import Names, Topic
from shared.contracts.wrapped import refuse_connect

HEADERS_MAX = 64
HEADERS_BYTES_MAX = 16 * 1024
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
"""A trace context; W3C calls one of zeros alone invalid."""
_TYPE = re.compile(r"(?P<stem>[a-z]+(?:\.[a-z-]+)+)\.v(?P<version>[0-9]{1,4})")
_STEMS = frozenset(event_type.rpartition(".v")[0] for event_type in BY_TYPE)


def traceparent_of(record: Record, event_id: str) -> str:
    """Return the trace context that a record states, or one derived from its event's id."""
    return stated_traceparent(record) or derived_traceparent(event_id)


def stated_traceparent(record: Record, *, in_event: str | None = None) -> str | None:
    """Return the trace context of an event, else of the record's header; None if none is valid.

    `in_event` is the trace context that the event itself names. Example: with no `in_event`, the
    value of the header `traceparent` is returned if it is valid.
    """
    if in_event is None and not record.headers:
        return None
    for traceparent in (in_event, record.header("traceparent")):
        if traceparent and _TRACEPARENT.fullmatch(traceparent):
            return traceparent
    return None


@lru_cache(maxsize=4096)
def derived_traceparent(about: str) -> str:
    """Return a W3C trace context made from the id `about`; the same id always gives the same one.

    Cached, since each event of a task asks for the same one. Example: the records about a task
    whose output came without a trace context share the one that is derived from the task's id.
    """
    digest = hashlib.blake2b(about.encode(), digest_size=24).hexdigest()
    return f"00-{digest[:32]}-{digest[32:]}-01"


def _child(traceparent: str, event_id: bytes) -> bytes:
    """Return a trace context of the same trace, with a span id made from the event's id."""
    span = hashlib.blake2b(event_id, digest_size=8).hexdigest()
    return f"{traceparent[:36]}{span}{traceparent[52:]}".encode()


def encode(event: Event, names: Names, *, source: str, cause: str, traceparent: str) -> Outgoing:
    """Return the Kafka record of an event, with its headers.

    `names` knows the topics' names on this broker. `source` is the service that sends it, `cause`
    the id of the event that led to this one, `traceparent` the trace context of that event.
    Example: the record of a TaskCreated is for the topic `tasks` and has the task's id as its key.
    """
    event_id, key = event.event_id.encode(), event.key.encode()
    headers: Headers = (
        *_of_all(type(event), source),
        ("ce_id", event_id),
        ("ce_time", _utc(event.at)),
        ("ce_subject", key),
        ("ce_causationid", cause.encode()),
        ("traceparent", _child(traceparent, event_id)),
    )
    return Outgoing(names.of(event.TOPIC), key, json_of(event), headers)


def json_of(model: BaseModel) -> bytes:
    """Return a model as JSON bytes, without its fields that are None."""
    return model.__pydantic_serializer__.to_json(model, exclude_none=True)


@cache
def _of_all(kind: type[Event], source: str) -> Headers:
    """Return the headers that all events of one type from one service have in common."""
    return (
        ("ce_specversion", b"1.0"),
        ("ce_type", kind.TYPE.encode()),
        ("ce_source", f"/sentuh/{source}".encode()),
        ("content-type", b"application/json"),
    )


@lru_cache(maxsize=128)
def _utc(moment: datetime) -> bytes:
    """Return a time as CloudEvents writes it, in UTC with a Z.

    Cached, since all events made from one record have the same time. Example:
    `2026-01-01T00:00:00Z`.
    """
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00").encode() + b"Z"


def check_transport(record: Record, row: Topic) -> bytes:
    """Return the record's value, which is neither null nor too large; else raise Refused.

    `row` is the definition of the record's topic, with its size limit. Too many or too large
    headers raise Refused too. Example: a null value is refused with the reason TOMBSTONE.
    """
    if record.value is None:
        raise Refused(Reason.TOMBSTONE, "the value is null: send a value, or nothing")
    if len(record.value) > row.size_bytes_max:
        limit = f"{row.size_bytes_max} bytes"
        raise Refused(Reason.TOO_LARGE, f"the value is over {limit}: send a reference instead")
    if not record.headers:
        return record.value
    size = sum([len(name) + len(value) for name, value in record.headers])
    if len(record.headers) > HEADERS_MAX or size > HEADERS_BYTES_MAX:
        limit = f"{HEADERS_MAX} headers of {HEADERS_BYTES_MAX} bytes together"
        raise Refused(Reason.HEADERS_TOO_LARGE, f"headers: send at most {limit}")
    return record.value


def model_of(record: Record, named: str) -> type[Event]:
    """Return the event class of a record whose header `ce_type` is `named`; Refused if unknown."""
    model = BY_TYPE.get(named)
    if model is not None:
        return model
    match = _TYPE.fullmatch(named)
    if match and match["stem"] in _STEMS:
        detail = "header ce_type: this version is not known here: send .v1, or upgrade this service"
        raise Refused(Reason.UNKNOWN_VERSION, detail)
    raise Refused(Reason.UNSUPPORTED, f"header ce_type {_fault_of(record)}: {_taken(record)}")


def _fault_of(record: Record) -> str:
    """Return what is wrong with a record's header `ce_type`, which names no event."""
    if record.header("ce_type"):
        return "names no event"
    if (record.header("content-type") or "").startswith("application/cloudevents"):
        return "is missing, structured CloudEvents are not taken on this topic"
    return "is missing"


def _taken(record: Record) -> str:
    """Return the fix for a wrong event type: the types that the record's topic accepts."""
    types = [kind for kind, event in BY_TYPE.items() if record.topic.endswith(event.TOPIC.name)]
    return "send " + " or ".join(sorted(types))


def decode(record: Record, row: Topic) -> tuple[str, Event]:
    """Return the event's id and the event that a record on one of the project's topics holds.

    `row` is the definition of that topic. Raises Refused if the record is not a valid event of this
    topic. On a topic that outsiders write to, the JSON is read strictly, and the id is computed
    from the event's content. On any other topic the sender is a service, and the header `ce_id` is
    the id. Example: a record of `tasks` gives `("...", TaskCreated(...))`.
    """
    raw = check_transport(record, row)
    # Of two types on a topic of strangers the last would win: it is refused before one is read.
    named = own_headers(record).get("type") if row.border else record.header("ce_type")
    model = model_of(record, named or "")
    if model.TOPIC.name != row.name:
        detail = f"header ce_type: {model.TYPE} does not belong here: send it to {model.TOPIC.name}"
        raise Refused(Reason.UNSUPPORTED, detail)
    event = _validated(model, raw, strict=row.border)
    if record.key != event.key.encode():
        detail = f"key: that of the record is not the {row.key}'s id: send that as the key"
        raise Refused(Reason.KEY_MISMATCH, detail)
    sent_id = None if row.border else record.header("ce_id")
    return sent_id or event.event_id, event


def _validated(model: type[Event], raw: bytes, *, strict: bool) -> Event:
    if not strict:
        return _read_as(model, raw, None)
    raw = unframed(raw)
    sent = parse_object(raw)
    refuse_connect(sent)
    event = _read_as(model, raw, sent)
    # Last, so that a control character in an id or a label is refused as what breaks that field.
    refuse_controls(raw, sent)
    return event


def _read_as(model: type[Event], raw: bytes, sent: JsonValue) -> Event:
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise refusal(error, model, sent) from None


def dead_letter(record: Record, refused: Refused, *, service: str, topic: str) -> Outgoing:
    """Return a copy of a refused record for the dead-letter topic, with the reason in headers.

    `service` is the service that refused it, `topic` the name of its dead-letter topic. Its id is
    made from topic, partition and offset, so a record that is refused again gets the same id.
    Example: the header `dl_reason` names the reason.
    """
    about = {
        "dl_id": natural_id(
            "dead-letter",
            service,
            record.topic,
            record.partition,
            record.incarnation,
            record.offset,
        ),
        "dl_service": service,
        "dl_reason": refused.reason.value,
        "dl_detail": refused.detail,
        "dl_topic": record.topic,
        "dl_partition": str(record.partition),
        "dl_offset": str(record.offset),
    }
    own: Headers = tuple((name, value.encode()) for name, value in about.items())
    kept = tuple(pair for pair in record.headers if not pair[0].startswith("dl_"))
    return Outgoing(topic, record.key, record.value, kept + own)
