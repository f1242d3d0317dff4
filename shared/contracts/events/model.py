"""The base of every event: a frozen model with a type, a key, a pool and a natural id."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from hashlib import sha1
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
)
from pydantic_core import PydanticCustomError

from shared.contracts.fixes import written_as
from shared.contracts.topics import Topic

_NAMESPACE = sha1(UUID("5e7fa1a5-0000-5000-8000-5e7e17a11a00").bytes, usedforsecurity=False)
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}

ID_PATTERN = r"^([A-Za-z0-9_/][A-Za-z0-9._~@/+=|:;,!$&'()#%-]{0,199}|-[A-Za-z0-9_-]{0,199})$"
Id = Annotated[
    str,
    written_as(
        ID_PATTERN,
        "1 to 200 of A-Z a-z 0-9 . _ ~ @ / + = - | : ; , ! $ & ' ( ) # %, of which a letter, digit,"
        " _ or / comes first (or a -, with only letters, digits, - and _ after it)",
    ),
]
"""Any id of ours or of a sender: printable ASCII as identity providers and connectors write it.

Real ones are `auth0|5f7c`, `name:server;lsn:1;txId:2` (Debezium), `arn:aws:iam::1:user/a`,
`urn:uuid:...`, `https://idp!https://sp!a+b=` (Shibboleth), `j.o'neil@x.org`, `_ebaa3` (SAML) and
`-NxK_` (base64url). Blanks, quotes, brackets, braces, backslashes, `*`, `?` and `^` are in none. No
id begins as a formula of a spreadsheet does: after a first `-` only letters, digits, `-` and `_`
follow. In the name of a Redis key an id stands escaped.
"""
Pool = Annotated[
    str,
    written_as(r"^[a-z0-9][a-z0-9-]{0,39}$", "up to 40 lower-case letters, digits and -, as main"),
]
Name = Annotated[
    str,
    written_as(
        r"^[a-z0-9][a-z0-9._:-]{0,63}$",
        "up to 64 lower-case letters, digits and . _ : -, as image.digits",
    ),
]
"""A task type, a skill or a canonical language tag: lower case, from the catalog."""


YEARS = range(2000, 2099)
"""The years in which a time of an event may be."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")


def _moment(value: object) -> datetime:
    """Return a time, also from text. pydantic alone would take "2026" for seconds since 1970."""
    moment = _written_out(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise PydanticCustomError(
            "invalid_field", "send a time as RFC 3339 writes it, with its offset"
        )
    if moment.year not in YEARS:
        raise ValueError("time out of range: give a time between the years 2000 and 2098")
    return moment


def _written_out(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if _DATE.match(text) else None
    except ValueError:
        return None


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


def natural_id(*about: str | int) -> str:
    """Return the uuid5 of what something is about: the same parts give the same id, everywhere.

    It is computed from a copy of the namespace's hash: `uuid.uuid5` takes several times as long,
    and every event has some ids. Example: `natural_id("offer", "t-1", "w-1")`.
    """
    hashed = _NAMESPACE.copy()
    hashed.update("\x1f".join(map(str, about)).encode())
    digits = hashed.hexdigest()
    variant = _VARIANT[digits[16]]
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


class Part(BaseModel):
    """A frozen piece of an event; unknown fields are ignored by readers and never written."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @classmethod
    def made(cls, fields: Mapping[str, object]) -> Self:
        """Make a piece of what is checked already; TypeError for a missing or unknown field.

        The values must be of their fields' types: checking them takes several times as long, and
        who decides has them from pieces that were checked. `fields` may be in any order.
        Example: `Why.made({"required": need, "chosen_among": 3, "rule": "longest_idle"})`.
        """
        defaults, required = _fields_of(cls)
        values = {**defaults, **fields}
        if len(values) != len(defaults) or not required.issubset(fields):
            wrong = required - fields.keys() or fields.keys() - defaults.keys()
            raise TypeError(f"{cls.__name__}: give all its fields and no other: {sorted(wrong)}")
        piece = cls.__new__(cls)
        # As pydantic itself does, past the model's own __setattr__, which refuses a frozen one.
        _PUT_VALUES(piece, values)
        _PUT_SET(piece, _NONE_SET)
        _PUT_EXTRA(piece, None)
        _PUT_PRIVATE(piece, None)
        return piece


_NONE_SET: set[str] = set()
"""Which fields were set is asked of no event: one empty set for all."""
_PUT_VALUES, _PUT_SET, _PUT_EXTRA, _PUT_PRIVATE = (
    vars(BaseModel)[name].__set__
    for name in (
        "__dict__",
        "__pydantic_fields_set__",
        "__pydantic_extra__",
        "__pydantic_private__",
    )
)


@cache
def _fields_of(kind: type[Part]) -> tuple[Mapping[str, Any], frozenset[str]]:
    """Return the defaults of all fields in their order, and the names of those that have none."""
    fields = kind.model_fields.items()
    # A default that is made anew for each piece cannot be kept for all of them: it is to be given.
    required = frozenset(n for n, field in fields if field.is_required() or field.default_factory)
    return {name: None if name in required else field.default for name, field in fields}, required


class BorderPart(Part):
    """A piece of what outsiders send: unknown fields and lax types are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Event(Part):
    """One fact on a topic. `key` partitions it, `event_id` is natural, `pool` places its state."""

    TYPE: ClassVar[str]
    TOPIC: ClassVar[Topic]

    pool: Pool
    at: Moment

    @property
    def key(self) -> str:
        """The record key: all events about one task, worker or output share a partition."""
        raise NotImplementedError

    @property
    def event_id(self) -> str:
        """The CloudEvents id, made from what the event is about: repeated, it has the same id."""
        raise NotImplementedError


class BorderEvent(Event):
    """A fact that outsiders send, decoded strictly."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class OfTask(Event):
    """A fact about one task, or about an output by the id its task has or would have had."""

    task_id: Id

    @property
    def key(self) -> str:
        """The task's id, so that every event about the task is in one partition."""
        return self.task_id
