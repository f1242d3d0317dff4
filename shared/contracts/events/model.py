"""The base of every event: a frozen model with a type, a key, a pool and a natural id."""

import re
from datetime import datetime
from hashlib import sha1
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from shared.contracts.fixes import written_as
from shared.contracts.part import Part
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


class Event(Part):
    """One fact on a topic. `key` partitions it, `event_id` is natural, `pool` places its state."""

    TYPE: ClassVar[str]
    TOPIC: ClassVar[Topic]
    REUSED: ClassVar[str] = (
        "id: it was used before with other content: send changed content as a new id"
    )
    """What its sender is told where another of the same id, with other content, came before."""

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
