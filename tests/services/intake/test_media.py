"""References that could reach inside, and media that are not what worker apps show."""

import base64

import pytest
from pydantic import JsonValue, TypeAdapter, ValidationError

from services.intake.media import INLINE_BYTES_MAX, SentMedia, Url
from shared.contracts.errors import Reason
from shared.contracts.events.parts import Media
from shared.contracts.strictjson import refusal

URL: TypeAdapter[str] = TypeAdapter(Url)


@pytest.mark.parametrize(
    "url",
    [
        "https://media.example.com/a.png",
        "https://media.example.com:8443/a.png?X-Signature=a%2Bb&e=1#t=3",
        "HTTPS://Media.Example.com/",
        "https://a.b-c.example.co/x",
        "s3://my-bucket/folder/a.wav",
        "gs://my_bucket.example/a.wav",
    ],
)
def test_public_references_are_taken(url: str) -> None:
    assert URL.validate_python(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "", "media.example.com/a.png", "//media.example.com/a.png", "/etc/passwd",
        "file:///etc/passwd", "javascript:alert(1)", "data:image/png;base64,AAAA",
        "http://media.example.com/a.png", "ftp://media.example.com/a", "s3:bucket/key",
        "https://169.254.169.254/latest/meta-data", "https://127.0.0.1/", "https://127.1/",
        "https://0x7f000001/", "https://0x7f.1/", "https://0177.0.0.1/", "https://2130706433/",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1]/", "https://0/",
        "https://10.0.0.1/", "https://192.168.1.1/", "https://8.8.8.8/", "https://127.0.0.1./",
        "https://localhost/", "https://LOCALHOST./", "https://a.localhost/", "https://redis:6379/",
        "https://metadata.google.internal/", "https://printer.local/", "https://db.svc.cluster.local/",
        "https://127.0.0.1.nip.io/", "https://lvh.me/", "https://x.localtest.me/",
        "https://user@media.example.com/", "https://user:pw@media.example.com/",
        "https://media.example.com@169.254.169.254/", "https://media.example.com\\@10.0.0.1/",
        "https://ex\u0430mple.com/", "https://xn--exmple-4nf.com/", "https://127。0。0。1/",
        "https://①②⑦.0.0.1/", "https://example.com\n/", "https://exa mple.com/", "https://%31%32/",
        "https://media.example.com:0/", "https://media.example.com:99999/", "https://media.example.com:x/",
        "https:///a.png", "https://./", "https://.example.com/", "https://a..com/", "https://[::1/",
        "s3://bucket", "s3://bucket/", "s3://169.254.169.254/a", "s3://user@bucket/a", "gs://B/a",
        "https://media.example.com/" + "a" * 3_000,
    ],
)  # fmt: skip
def test_other_references_are_bad_urls(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        URL.validate_python(url)
    assert refusal(caught.value).reason is Reason.BAD_URL


def test_inline_media_is_taken_up_to_its_limit() -> None:
    data = base64.b64encode(b"x" * INLINE_BYTES_MAX).decode()
    sent = SentMedia.model_validate({"inline": {"type": "image/png", "data": data}})
    assert sent.canonical() == Media(type="image/png", data=data)


@pytest.mark.parametrize(
    "media",
    [
        {},
        {"type": "image/png"},
        {"ref": "s3://bucket/a", "inline": {"type": "image/png", "data": "AAAA"}},
        {"type": "image/png", "inline": {"type": "image/png", "data": "AAAA"}},
        {"inline": {"type": "image/svg+xml", "data": "AAAA"}},
        {"inline": {"type": "text/html", "data": "AAAA"}},
        {"inline": {"type": "image/png; x=1", "data": "AAAA"}},
        {"ref": "s3://bucket/a", "type": "application/x-pickle"},
        {"inline": {"type": "image/png", "data": ""}},
        {"inline": {"type": "image/png", "data": "AAA"}},
        {"inline": {"type": "image/png", "data": "AA AA"}},
        {"inline": {"type": "image/png", "data": "é==="}},
        {"inline": {"type": "image/png", "data": "data:image/png;base64,AAAA"}},
        {
            "inline": {
                "type": "image/png",
                "data": base64.b64encode(b"x" * (INLINE_BYTES_MAX + 1)).decode(),
            }
        },
    ],
)
def test_other_media_are_bad_media(media: JsonValue) -> None:
    with pytest.raises(ValidationError) as caught:
        SentMedia.model_validate(media)
    assert refusal(caught.value, SentMedia).reason is Reason.BAD_MEDIA
