"""References that could reach inside, and media that are not what worker apps show."""

import base64

import pytest
from pydantic import JsonValue, TypeAdapter, ValidationError

from services.intake.media import INLINE_BYTES_MAX, SentMedia, Url
from shared.contracts.errors import Reason
from shared.contracts.events.asked import Media
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
        "s3://my-bucket/2026-11/call 17 (front desk).wav",
        "gs://my-bucket/poliklinik/panggilan-\u00e9.wav",
        "s3://my-bucket/panggilan-e\u0301.wav",
        "s3://my-bucket/Screen at 9.41\u202fAM.png",
        "s3://my-bucket/\u901a\u8a71\u3000\u8a18\u9332/\u0e44\u0e17\u0e22.wav",
        "s3://my-bucket/\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.wav",
        "s3://my-bucket/\U0001f468\u200d\U0001f469\u200d\U0001f467.png",
        "s3://my-bucket/a+b%20c?d#e&f.wav",
        "s3://my-bucket//a/../b|c^d`e<f>.wav",
        "S3://my-bucket/a.wav",
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
        "https://media.example.com/call 17.wav", "https://media.example.com/\u00e9.wav",
        "s3://bucket/a\x00b", "s3://bucket/a\nb", "s3://bucket/a\tb", "s3://bucket/a\x7fb",
        "s3://bucket/a\x85b", "s3://bucket/a\u2028b", "gs://bucket/a\u202egnp.exe",
        "gs://bucket/\u2066a\u2069", "s3://bucket/\ud800", "s3://bucket/" + "\u00e9" * 2_049,
        "s3://b\u00fccket/a", "s3://buc ket/a", "s3:///a", "s3://bucket?x/a", "s3://bucket:80/a",
        "s3a://bucket/a", "s3:bucket/a",
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
    "named",
    [
        "audio/webm", "audio/webm;codecs=opus", "audio/webm; codecs=opus",
        'audio/webm;codecs="opus"', "audio/mp4", "audio/mp4;codecs=mp4a.40.2", "audio/x-m4a",
        "audio/ogg;codecs=opus", "audio/aac", "video/webm;codecs=vp8,opus", "video/mp4",
        'video/mp4; codecs="avc1.42E01E, mp4a.40.2"', "video/webm;codecs=vp9",
    ],
)  # fmt: skip
def test_what_browsers_record_is_taken_as_they_name_it(named: str) -> None:
    sent = SentMedia.model_validate({"ref": "https://cdn.example.org/a.webm", "type": named})
    assert sent.canonical().type == named


@pytest.mark.parametrize(
    "named",
    [
        "audio/webm;codecs=opus;x=1", "audio/webm;charset=utf-8", "audio/webm;codecs=",
        "audio/webm;codecs=<script>", "image/png;codecs=opus", "text/plain;codecs=opus",
        "audio/x-unheard-of", "audio/WEBM", "video/quicktime", "audio/webm;codecs=opus\n",
    ],
)  # fmt: skip
def test_other_parameters_are_bad_media(named: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SentMedia.model_validate({"ref": "https://cdn.example.org/a.webm", "type": named})
    assert refusal(caught.value, SentMedia).reason is Reason.BAD_MEDIA


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
