"""Separates a record into CloudEvents attributes and data; bare JSON has data only."""

import base64
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    JsonValue,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from services.intake.media import Url
from shared.contracts.controls import refuse_controls
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import Id, Moment, Name
from shared.contracts.events.second_stage import QA_SOURCE
from shared.contracts.own_headers import CONTENT_TYPE, REQUIRED, own_headers, refuse_misspelt
from shared.contracts.record import Record
from shared.contracts.strictjson import JsonObject, parse, refusal
from shared.contracts.wrapped import is_json_in_text

TYPE_STEM = "model.output"
TYPE = f"{TYPE_STEM}.v1"
DAPR = "com.dapr.event.sent"
RESPONDED = "org.kubeflow.serving.inference.response"
REQUESTED = "org.kubeflow.serving.inference.request"
"""Of what KServe's logger sends under one id: the response is an output, the request is not."""
_OTHER_TYPES = frozenset({DAPR, RESPONDED, REQUESTED})
"""Types that Dapr's publishing and KServe's logger give by themselves."""
OWN_SOURCES = "sentuh:"
"""Start of the sources that intake itself gives to outputs that came without a source."""

_REQUIRED = frozenset(REQUIRED)
_SOURCE = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9._~@/+=|:;,!$&'()#%?-]{0,199}")
_MOMENT: TypeAdapter[object] = TypeAdapter(Moment)


@lru_cache(maxsize=1024)
def _checked_source(source: str) -> str:
    if source == QA_SOURCE:
        fix = "is the source of qa, which alone sends with it: name a source of your own"
        raise PydanticCustomError("foreign_source", "{fix}", {"fix": fix})
    if not _SOURCE.fullmatch(source) or source.startswith(OWN_SOURCES):
        message = (
            "send 1 to 200 of A-Z a-z 0-9 . _ ~ @ / + = - | : ; , ! $ & ' ( ) # % ?, a letter,"
            f" digit, _ or / first, not beginning {OWN_SOURCES}"
        )
        raise PydanticCustomError("bad_id", "{message}", {"message": message})
    return source


Source = Annotated[str, AfterValidator(_checked_source)]


def _checked_time(time: str) -> str:
    _MOMENT.validate_python(time)
    return time


class Attributes(BaseModel):
    """The CloudEvents attributes that intake reads; a record of bare JSON has none of them.

    Other extensions are the sender's own, and are ignored.
    Example: the header `ce_tasktype: animals` (or `ce-tasktype`) gives `tasktype`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)

    id: Id | None = None
    source: Source | None = None
    type: str | None = None
    time: Annotated[str, AfterValidator(_checked_time)] | None = None
    dataref: Url | None = None
    tasktype: Name | None = None
    correlationid: Id | None = None
    format: str | None = None
    traceparent: str | None = None
    inferenceservicename: Name | None = None


_NONE = Attributes()
_FIELDS = frozenset({*Attributes.model_fields, *REQUIRED, "subject", "datacontenttype", "data"})


class CloudEvent(Attributes):
    """The attributes of a CloudEvent, with those that every CloudEvent must have."""

    specversion: str
    type: str
    id: Id
    source: Source


def unwrap(record: Record, value: JsonValue) -> tuple[Attributes, JsonValue]:
    """Return a record's CloudEvents attributes (all None for bare JSON) and its data.

    The record is in structured mode if its `content-type` says so, or if its value is an object
    with `specversion` and no header holds an attribute; in binary mode if headers do. Other content
    types are ignored, since the data is always JSON. Raises Refused for a batch of events, bad or
    ambiguous attributes, and missing data.
    Example: headers `ce_id` and `ce_source` and the value `{"text": "hi"}` are binary mode.
    """
    within = isinstance(value, dict) and "specversion" in value
    if not (record.headers or within):
        return _NONE, value
    headers = own_headers(record)
    content_type = headers.get(CONTENT_TYPE, "").strip().lower()
    if content_type.startswith("application/cloudevents-batch"):
        fix = "batches of CloudEvents are not taken: send one a record"
        raise Refused(Reason.UNSUPPORTED, f"header {CONTENT_TYPE}: {fix}")
    named = content_type.startswith("application/cloudevents")
    in_headers = len(headers) > (CONTENT_TYPE in headers)
    if named or (within and not in_headers):
        return _structured(value, headers)
    if not in_headers:
        return _NONE, value
    if within:
        fix = "send them in one of the two places"
        raise Refused(Reason.INVALID_FIELD, f"specversion: attributes are in headers, too: {fix}")
    return _binary(headers), value


def _binary(headers: Mapping[str, str]) -> Attributes:
    if not headers.keys() >= _REQUIRED:
        lacking = ", ".join([f"ce_{name}" for name in REQUIRED if name not in headers])
        fix = "send them, or no ce_ header at all and source and id in the value"
        raise Refused(Reason.MISSING, f"headers {lacking}: are missing: {fix}")
    if headers["specversion"] == "1":
        fix = "set header.converter to org.apache.kafka.connect.storage.StringConverter"
        detail = f"header ce_specversion: 1 is 1.0 as Kafka Connect rewrites it, ids too: {fix}"
        raise Refused(Reason.UNKNOWN_VERSION, detail)
    try:
        return _attributes(headers)
    except Refused as refused:
        raise refused.within("header ce_") from None


def _structured(value: JsonValue, headers: Mapping[str, str]) -> tuple[Attributes, JsonValue]:
    if not isinstance(value, dict):
        raise Refused(
            Reason.NOT_OBJECT, "value: a structured CloudEvent is one JSON object: send { ... }"
        )
    for name, text in headers.items():
        if name in value and name != CONTENT_TYPE and value[name] != text:
            detail = f"header ce_{name}: differs from {name} in the value: send it in one place"
            raise Refused(Reason.INVALID_FIELD, detail)
    if not value.keys() <= _FIELDS:
        refuse_misspelt(value.keys())
    return _attributes(value), _data_of(value)


def _data_of(event: JsonObject) -> JsonValue:
    """Return the data of a structured event, which SDKs write as JSON or as base64 of JSON."""
    data, encoded = event.get("data"), event.get("data_base64")
    if encoded is not None:
        if data is not None:
            raise Refused(Reason.INVALID_FIELD, "data and data_base64: send one of the two")
        return _decoded(encoded)
    if "data" not in event:
        raise Refused(Reason.MISSING, "data: is required: send the model output in it")
    if is_json_in_text(data):
        fix = "give the SDK an object (a dict), not its text"
        raise Refused(Reason.NOT_OBJECT, f"data: is text that holds JSON: {fix}")
    return data


def _decoded(encoded: JsonValue) -> JsonValue:
    """Return the JSON that `data_base64` holds: SDKs write bytes so, whatever is in them."""
    try:
        raw = base64.b64decode(encoded if isinstance(encoded, str) else "?", validate=True)
    except ValueError:
        fix = "send standard base64 of JSON text, or JSON in `data`"
        raise Refused(Reason.INVALID_FIELD, f"data_base64: {fix}") from None
    try:
        data = parse(raw)
        refuse_controls(raw, data)
    except Refused as refused:
        raise refused.within("data_base64: ") from None
    return data


def _attributes(stated: Mapping[str, JsonValue]) -> Attributes:
    try:
        attributes = CloudEvent.model_validate(stated)
    except ValidationError as error:
        raise refusal(error, CloudEvent) from None
    if attributes.specversion != "1.0":
        raise Refused(Reason.UNKNOWN_VERSION, "specversion: send CloudEvents 1.0")
    if attributes.type == TYPE or attributes.type in _OTHER_TYPES:
        return attributes
    if re.fullmatch(re.escape(TYPE_STEM) + r"\.v[0-9]{1,9}", attributes.type):
        raise Refused(Reason.UNKNOWN_VERSION, f"type: send {TYPE}, or upgrade this service")
    raise Refused(Reason.UNSUPPORTED, f"type: send {TYPE}, this topic takes no other")
