"""Checks media for people to look at or listen to: references, and data inside the record."""

import base64
import binascii
import re
import unicodedata
from typing import Annotated, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from services.intake.audio import DURATION_MS_MAX
from shared.contracts.events.asked import Media
from shared.contracts.part import BorderPart

INLINE_BYTES_MAX = 64 * 1024
TYPES = frozenset({
    "image/png", "image/jpeg", "image/webp", "image/gif",
    "audio/wav", "audio/x-wav", "audio/mpeg", "audio/ogg", "audio/flac", "audio/aac",
    "audio/webm", "audio/mp4", "audio/x-m4a", "audio/opus", "video/webm", "video/mp4",
    "text/plain",
})  # fmt: skip
"""Media types that a worker's app can show without running code of the sender: no SVG or HTML.

What browsers record is among them: WebM, Ogg and MP4, with or without their codecs.
"""

_URL = re.compile(r"[A-Za-z0-9]+://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,2048}")
_HOST_LABEL = re.compile(r"(?!xn--)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_TOP_LABEL = re.compile(r"[a-z]{2,63}")
_CODECS = re.compile(r"((?:audio|video)/[a-z0-9-]+); ?codecs=(?:[\w.,-]{1,60}|\"[\w., -]{1,60}\")")
"""A media type as a browser's recorder names it: `audio/webm;codecs=opus`."""
_OBJECT = re.compile(r"[A-Za-z0-9]+://([^/]*)/(.+)", re.DOTALL)
_KEY_MAX = 2_048
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of text, so that people read another name than there is."""
_BUCKET = re.compile(r"(?![0-9.]+$)[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_INNER = frozenset({
    "localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan",
    "arpa",
})  # fmt: skip
_ECHOING = ("nip.io", "sslip.io", "xip.io", "localtest.me", "lvh.me")
"""Domains whose names resolve to an address written into the name, or to this machine."""


def _checked_url(url: str) -> str:
    """Return the URL unchanged; raises PydanticCustomError `bad_url` with the way to correct it."""
    if url[:5].lower() in {"s3://", "gs://"}:
        return _checked_object(url)
    parts = _split(url)
    if parts is None or parts.scheme != "https":
        raise PydanticCustomError(
            "bad_url", "send an https: URL of plain ASCII, or s3: or gs: with a key"
        )
    if "@" in parts.netloc:
        raise PydanticCustomError("bad_url", "leave user name and password out of the URL")
    if not _is_public(parts.hostname or ""):
        raise PydanticCustomError("bad_url", "name a public host, no address and no inner name")
    return url


def _checked_object(url: str) -> str:
    named = _OBJECT.fullmatch(url)
    if named is None or not _BUCKET.fullmatch(named[1]):
        raise PydanticCustomError("bad_url", "name a bucket and an object in it")
    if len(named[2]) > _KEY_MAX:
        raise PydanticCustomError("bad_url", "send an object's key of at most 2048 characters")
    if any(map(_is_unseen, named[2])):
        fix = "leave control and direction characters out of the object's key"
        raise PydanticCustomError("bad_url", "{fix}", {"fix": fix})
    return url


def _is_unseen(character: str) -> bool:
    return character in _TURNING or unicodedata.category(character) in _UNSEEN


Url = Annotated[str, AfterValidator(_checked_url)]
"""An `https:` URL on a public host name, or an object of `s3:` or `gs:`.

IP addresses are refused in every notation, and so are names in punycode, which people cannot tell
apart. The key of an object is taken as it is, with blanks and letters of any script, and never
decoded: `%20` in it is three characters. Nothing is resolved or fetched here: who fetches the URL
must check the address to which its name resolves.
Example: `https://example.com/cat.png` is accepted, `https://10.0.0.1/cat.png` is not.
"""


def _checked_type(name: str) -> str:
    with_codecs = _CODECS.fullmatch(name)
    if (with_codecs[1] if with_codecs else name) not in TYPES:
        types = ", ".join(sorted(TYPES))
        raise PydanticCustomError(
            "bad_media", "the media type is not taken: use one of {types}", {"types": types}
        )
    return name


MediaType = Annotated[str, AfterValidator(_checked_type)]


def _checked_data(data: str) -> str:
    try:
        size = len(base64.b64decode(data, validate=True))
    except (binascii.Error, ValueError):
        raise PydanticCustomError("bad_media", "send standard base64 without blanks") from None
    if not 0 < size <= INLINE_BYTES_MAX:
        raise PydanticCustomError("bad_media", "send 1 to 65536 bytes, or a reference (media.ref)")
    return data


class Inline(BorderPart):
    """Media in the record itself: base64 of at most 64 KiB."""

    type: MediaType
    data: Annotated[str, AfterValidator(_checked_data)]


class SentMedia(BorderPart):
    """The envelope's `media`: a reference or inline, one of them.

    `duration_ms` says how long it lasts. It is needed only where pay is by the audio minute, and
    what lies inline does not say so itself (see `audio.py`).
    """

    ref: Url | None = None
    type: MediaType | None = None
    inline: Inline | None = None
    duration_ms: Annotated[int, Field(ge=1, le=DURATION_MS_MAX)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.ref is None) == (self.inline is None):
            raise PydanticCustomError("bad_media", "send either media.ref or media.inline")
        if self.inline is not None and self.type is not None:
            raise PydanticCustomError("bad_media", "say the type within media.inline only")
        return self

    def canonical(self) -> Media:
        """Return the media as events carry them: with a reference, or with inline data."""
        if self.inline is not None:
            inline, stated = self.inline, self.duration_ms
            return Media(type=inline.type, data=inline.data, duration_ms=stated)
        return Media(type=self.type, ref=self.ref, duration_ms=self.duration_ms)


def _split(url: str) -> SplitResult | None:
    if not _URL.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _is_public(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    return (
        len(labels) > 1
        and all(_HOST_LABEL.fullmatch(label) for label in labels)
        and _TOP_LABEL.fullmatch(labels[-1]) is not None
        and labels[-1] not in _INNER
        and not host.removesuffix(".").endswith(_ECHOING)
    )
