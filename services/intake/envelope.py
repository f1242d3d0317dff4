"""Reads one record of `model-outputs`: its id, the model's payload, and the fields beside it."""

import hashlib
import json
import re
from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import (
    JsonValue,
    SkipValidation,
    ValidationError,
    WithJsonSchema,
)

from services.intake.asked import text_of
from services.intake.catalog.label_maps import NO_LABEL_MAPS, LabelMaps
from services.intake.cloudevents import DAPR, OWN_SOURCES, Attributes, Source, unwrap
from services.intake.connect import without_connect
from services.intake.foreign import (
    is_another_form,
    is_batch_line,
    refusal_of_foreign,
    refuse_beside,
    refuse_within,
)
from services.intake.media import SentMedia
from shared.contracts.controls import refuse_controls
from shared.contracts.envelope import stated_traceparent
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.asked import Media
from shared.contracts.events.model import ID_PATTERN, Id, Name, natural_id
from shared.contracts.events.parts import OutputRef
from shared.contracts.fixes import written_as
from shared.contracts.languages import LanguageTag
from shared.contracts.part import BorderPart
from shared.contracts.record import Record
from shared.contracts.strictjson import JsonObject, parse, refusal
from shared.contracts.wrapped import is_json_in_text

_LINE: JsonObject = {
    "type": "string",
    "minLength": 1,
    "maxLength": 200,
    "description": "one line without control or invisible characters",
}
Line = Annotated[
    str,
    written_as(r"^\PC+$", "one line without control or invisible characters", characters_max=200),
    WithJsonSchema(_LINE),
]
"""One line of text without control or invisible characters; markup in it is only text.

The length is checked apart from the pattern: `{1,200}` in the pattern took 5 % more time to read.
"""

Parsed = Annotated[JsonValue, SkipValidation]
"""A JSON value as the parser returned it, which pydantic does not validate again."""

MADE_DIGITS = 12
"""Digits of the hashed topic id in a made-up output id: they tell a topic from a later namesake."""

# Not checked for circles, which nothing that was parsed has.
_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
)
_MARKS = frozenset({"response", "format", "task_type"})
_ID = re.compile(ID_PATTERN)


class SentEnvelope(BorderPart):
    """Our envelope round a model's output: closed, but for what the model itself said.

    `response` is the payload, in the words of `format`; `request` and `context` are what the model
    was given, which most payloads lack and people need.
    """

    response: Parsed
    source: Source | None = None
    id: Id | None = None
    correlation_id: Id | None = None
    task_type: Name | None = None
    format: Name | None = None
    request: Parsed = None
    context: Parsed = None
    media: SentMedia | None = None
    model: Line | None = None
    model_version: Line | None = None
    language: LanguageTag | None = None


class Envelope(NamedTuple):
    """One model output as it arrived, in whichever way it was sent.

    label_maps: the catalog's, by model, for formats that name no classes.
    payload: what the model returned, unchanged. digest: hash of the content (see `digest_of`); the
    same id with another digest is another output. request: what the model was asked, as text. A
    NamedTuple, since one is created for every record.
    Example: a record of bare JSON gives its value as `payload`, and `task_type` None.
    """

    ref: OutputRef
    payload: JsonValue
    digest: str
    task_type: str | None = None
    format: str | None = None
    request: str | None = None
    media: Media | None = None
    model: str | None = None
    model_version: str | None = None
    language: str | None = None
    label_maps: LabelMaps = NO_LABEL_MAPS

    @property
    def output_id(self) -> str:
        """An id made of the output's source and id, which a task that is made of it has too."""
        return output_id(self.ref)


class Opened(NamedTuple):
    """A record whose JSON was parsed: all of it, the attributes of its event, and the data."""

    value: JsonValue
    attributes: Attributes
    data: JsonValue


def output_id(ref: OutputRef) -> str:
    """Return the id that is made of an output's source and id."""
    return natural_id("output", ref.source, ref.id)


def opened(record: Record) -> Opened:
    """Return the parsed JSON of a record. Raises Refused for what is no JSON, and a bad event."""
    value = parse(record.value or b"")
    return Opened(value, *unwrap(record, without_connect(value)))


def read_envelope(record: Record, label_maps: LabelMaps = NO_LABEL_MAPS) -> Envelope:
    """Return the output in a record; see `envelope_in`."""
    return envelope_in(record, opened(record), label_maps)


def envelope_in(record: Record, read: Opened, label_maps: LabelMaps = NO_LABEL_MAPS) -> Envelope:
    """Return the output in a record, with the fields of its attributes and its envelope combined.

    A JSON object with a field `response`, `format` or `task_type` is our envelope; any other JSON
    is the model's payload itself. Raises Refused for a record that cannot be read or may be another
    program's, and if an attribute and the envelope contradict each other.
    Example: `{"choices": [...]}` is a payload, `{"response": {"choices": [...]}}` an envelope.
    """
    value, attributes, data = read
    sent = _sent(data, "value" if data is value else "data")
    if sent.response in (None, "", [], {}):
        raise Refused(Reason.EMPTY_PAYLOAD, "response: there is no model output in it: send one")
    if sent.response is data:
        refuse_beside(data, in_event=attributes.source is not None)
    refuse_within(sent.response)
    refuse_controls(record.value or b"", value)
    task_type = _agreed("task_type", attributes.tasktype, sent.task_type)
    declared = _agreed("format", attributes.format, sent.format)
    return Envelope(
        ref=ref_in(record, attributes, sent),
        payload=sent.response,
        digest=digest_of(declared, task_type, attributes.dataref, data),
        task_type=task_type,
        format=declared,
        request=text_of(sent.request, sent.context),
        media=_media(attributes, sent),
        model=sent.model or attributes.inferenceservicename,
        model_version=sent.model_version,
        language=sent.language,
        label_maps=label_maps,
    )


def _sent(data: JsonValue, whole: str) -> SentEnvelope:
    """Return the envelope round a payload, or one made for it; `whole` is the data's name."""
    if isinstance(data, list) and data and all(isinstance(item, (dict, list)) for item in data):
        return SentEnvelope.made({"response": data})
    if not isinstance(data, dict):
        detail = f"{whole}: it must be a JSON object: send a model's output, or our envelope"
        if is_json_in_text(data):
            detail = f"{whole}: it is text that holds JSON: encode it once, send the object itself"
        raise Refused(Reason.NOT_OBJECT, detail)
    if _MARKS.isdisjoint(data) or is_another_form(data):
        return SentEnvelope.made({"response": data})
    try:
        return SentEnvelope.model_validate(data)
    except ValidationError as error:
        foreign = refusal_of_foreign(data, SentEnvelope.model_fields)
        raise foreign or refusal(error, SentEnvelope, data, whole=whole) from None


def _agreed(name: str, attribute: str | None, member: str | None) -> str | None:
    if attribute is not None and member is not None and attribute != member:
        detail = f"{name}: the event's attribute and the envelope differ: send one, or the same"
        raise Refused(Reason.INVALID_FIELD, detail)
    return attribute if attribute is not None else member


def ref_in(record: Record, attributes: Attributes, sent: SentEnvelope) -> OutputRef:
    """Return source and id of what a record holds. Raises Refused if they are in contradiction."""
    # Dapr makes an id for each publication, which says nothing of an output that is sent again.
    made_up = attributes.type == DAPR and sent.id is not None and sent.source is not None
    source = _agreed("source", None if made_up else attributes.source, sent.source)
    sent_id = _agreed("id", None if made_up else attributes.id, sent.id)
    correlation = _agreed("correlation_id", attributes.correlationid, sent.correlation_id)
    if sent_id is not None and source is None:
        raise Refused(Reason.MISSING, "source: an id means something only within one: send it")
    if sent_id is not None and sent_id.startswith(OWN_SOURCES):
        detail = f"id: leave {OWN_SOURCES} off its beginning: ids that are made here begin so"
        raise Refused(Reason.BAD_ID, detail)
    return OutputRef.made(
        {
            "source": source if source is not None else f"{OWN_SOURCES}{record.topic}",
            "id": sent_id if sent_id is not None else _position(record),
            "correlation_id": correlation or _own_id(sent.response),
            "traceparent": stated_traceparent(record, in_event=attributes.traceparent),
        }
    )


def _position(record: Record) -> str:
    """Return an id for an output that was sent without one: its topic, partition and offset.

    A part of the topic's id is in it, since a topic that is deleted and created again has the same
    offsets.
    Example: `sentuh:model-outputs.3f2a9c01b7de.2.1041` is offset 1041 of partition 2.
    """
    made = _digits_of(record.topic_id)
    return f"{OWN_SOURCES}{record.topic}.{made}.{record.partition}.{record.offset}"


@lru_cache(maxsize=16)
def _digits_of(topic_id: str) -> str:
    return hashlib.sha256(topic_id.encode()).hexdigest()[:MADE_DIGITS]


def _own_id(payload: JsonValue) -> str | None:
    """Return the payload's own `id` (`chatcmpl-...`), by which upstream finds its call.

    Of a line of a batch's results it is the name that upstream gave it, since a batch numbers its
    lines anew. None if the payload has no usable id.
    """
    if not isinstance(payload, dict):
        return None
    own_id = payload.get("id")
    if is_batch_line(payload):
        own_id = payload.get("custom_id", payload.get("key"))
    return own_id if isinstance(own_id, str) and _ID.fullmatch(own_id) else None


def _media(attributes: Attributes, sent: SentEnvelope) -> Media | None:
    ref = attributes.dataref
    if sent.media is None:
        return Media(ref=ref) if ref else None
    if ref is not None:
        _agreed("media.ref", ref, sent.media.ref or "")
    return sent.media.canonical()


def digest_of(*content: JsonValue) -> str:
    """Return the SHA-256 of an output's content, such as format, task type and data.

    Headers, blanks and the order of keys make no difference: an output that is sent again in
    another way has the same digest.
    Example: `{"a": 1, "b": 2}` and `{"b":2,"a":1}` have one digest.
    """
    return hashlib.sha256(_CANONICAL.encode(content).encode()).hexdigest()
