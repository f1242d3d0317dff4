"""Separates a record into CloudEvents attributes and data; bare JSON has data only."""

import re
from collections.abc import Mapping
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
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.model import Id, Moment, Name
from shared.contracts.record import Record
from shared.contracts.strictjson import refusal

TYPE_STEM = "model.output"
TYPE = f"{TYPE_STEM}.v1"
OWN_SOURCES = "sentuh:"
"""Start of the sources that intake itself gives to outputs that came without a source."""

_SOURCE = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9._~@/+=|:;,!$&'()#%?-]{0,199}")
_MOMENT: TypeAdapter[object] = TypeAdapter(Moment)


def _checked_source(source: str) -> str:
    if not _SOURCE.fullmatch(source) or source.startswith(OWN_SOURCES):
        message = (
            "send 1 to 200 of A-Z a-z 0-9 . _ ~ @ / + = - | : ; , ! $ & ' ( ) # % ?, a letter,"
            f" digit, _ or / first, not beginning {OWN_SOURCES}"
        )
        raise PydanticCustomError("bad_id", "{message}", {"message": message})
    return source


def _checked_id(output_id: str) -> str:
    if output_id.startswith(OWN_SOURCES):
        message = f"leave {OWN_SOURCES} off its beginning: ids made here for outputs without one"
        raise PydanticCustomError("bad_id", "{message}", {"message": f"{message} begin so"})
    return output_id


Source = Annotated[str, AfterValidator(_checked_source)]
SentId = Annotated[Id, AfterValidator(_checked_id)]
"""An output's id as its sender gives it."""


def _checked_time(time: str) -> str:
    _MOMENT.validate_python(time)
    return time


class Attributes(BaseModel):
    """The CloudEvents attributes that intake reads; a record of bare JSON has none of them.

    Other extensions are the sender's own, and are ignored.
    Example: the header `ce_tasktype: animals` gives `tasktype`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)

    id: SentId | None = None
    source: Source | None = None
    time: Annotated[str, AfterValidator(_checked_time)] | None = None
    dataref: Url | None = None
    tasktype: Name | None = None
    correlationid: Id | None = None
    format: str | None = None
    traceparent: str | None = None


_NONE = Attributes()


class CloudEvent(Attributes):
    """The attributes of a CloudEvent, with those that every CloudEvent must have."""

    specversion: str
    type: str
    id: SentId
    source: Source


def unwrap(record: Record, value: JsonValue) -> tuple[Attributes, JsonValue]:
    """Return a record's CloudEvents attributes (all None for bare JSON) and its data.

    The record is in structured mode if its `content-type` says so, or if its value is an object
    with `specversion` and there is no `ce_` header; in binary mode if it has `ce_` headers. Other
    content types are ignored, since the data is always JSON. Raises Refused for a batch of events,
    bad attributes or missing data.
    Example: headers `ce_id` and `ce_source` and the value `{"text": "hi"}` are binary mode.
    """
    content_type = (record.header("content-type") or "").strip().lower()
    if content_type.startswith("application/cloudevents-batch"):
        raise Refused(Reason.UNSUPPORTED, "batches of CloudEvents are not taken: send one a record")
    headers = {name: record.header(name) for name, _ in record.headers if name.startswith("ce_")}
    named = content_type.startswith("application/cloudevents")
    if named or (not headers and isinstance(value, dict) and "specversion" in value):
        return _structured(value)
    if headers:
        stated = {name[3:]: text for name, text in headers.items() if text}
        return _attributes(stated), value
    return _NONE, value


def _structured(value: JsonValue) -> tuple[Attributes, JsonValue]:
    if not isinstance(value, dict):
        raise Refused(Reason.NOT_OBJECT, "a structured CloudEvent is one JSON object: send { ... }")
    attributes = _attributes(value)
    if "data_base64" in value:
        raise Refused(Reason.INVALID_FIELD, "data_base64: send JSON in `data` instead")
    if "data" not in value:
        raise Refused(Reason.MISSING, "data: is required: send the model output in it")
    return attributes, value["data"]


def _attributes(stated: Mapping[str, JsonValue]) -> Attributes:
    try:
        attributes = CloudEvent.model_validate(stated)
    except ValidationError as error:
        raise refusal(error, CloudEvent) from None
    if attributes.specversion != "1.0":
        raise Refused(Reason.UNKNOWN_VERSION, "specversion: send CloudEvents 1.0")
    if attributes.type == TYPE:
        return attributes
    if re.fullmatch(re.escape(TYPE_STEM) + r"\.v[0-9]{1,9}", attributes.type):
        raise Refused(Reason.UNKNOWN_VERSION, f"type: send {TYPE}, or upgrade this service")
    raise Refused(Reason.UNSUPPORTED, f"type: send {TYPE}, this topic takes no other")
