"""The length of inline audio: measured from each container, and bounded whatever the bytes say."""

import struct
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.audio import DURATION_MS_MAX, duration_ms


def wav(samples: int, *, rate: int = 8000, stated: int | None = None) -> bytes:
    form = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    size = 2 * samples if stated is None else stated
    body = (
        b"LIST" + struct.pack("<I", 3) + b"abc\0"
        + b"fmt " + struct.pack("<I", len(form)) + form
        + b"data" + struct.pack("<I", size) + bytes(2 * samples)
    )  # fmt: skip
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def page(granule: int, content: bytes, *, serial: int = 7) -> bytes:
    lengths = bytes([255] * (len(content) // 255) + [len(content) % 255])
    head = struct.pack("<4sBBQIIIB", b"OggS", 0, 0, granule, serial, 0, 0, len(lengths))
    return head + lengths + content


def opus(*granules: int, skip: int = 312) -> bytes:
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, skip, 48000, 0, 0)
    return page(0, head) + b"".join(page(granule, bytes(300)) for granule in granules)


def vorbis(granule: int, rate: int) -> bytes:
    head = b"\x01vorbis" + struct.pack("<IBI", 0, 1, rate) + bytes(14)
    return page(0, head) + page(granule, bytes(20))


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content


def mp4(length: int, *, scale: int = 1000, version: int = 0, fragments: int | None = None) -> bytes:
    form = ">B3xQQIQ" if version else ">B3xIIII"
    movie = box(b"mvhd", struct.pack(form, version, 0, 0, scale, length) + bytes(80))
    if fragments is not None:
        movie += box(b"mvex", box(b"mehd", struct.pack(">B3xI", 0, fragments)))
    return box(b"ftyp", b"M4A \0\0\0\0") + box(b"free", b"") + box(b"moov", movie)


def element(name: bytes, content: bytes, *, unknown: bool = False) -> bytes:
    size = b"\x01" + b"\xff" * 7 if unknown else struct.pack(">I", 0x10000000 | len(content))
    return name + size + content


def webm(length: float | None, *, scale: int | None = 1_000_000, unknown: bool = False) -> bytes:
    info = element(b"\x2a\xd7\xb1", scale.to_bytes(3, "big")) if scale else b""
    if length is not None:
        info += element(b"\x44\x89", struct.pack(">d", length))
    segment = element(b"\xec", b"void") + element(b"\x15\x49\xa9\x66", info)
    head = element(b"\x1a\x45\xdf\xa3", b"\x42\x82\x84webm")
    return head + element(b"\x18\x53\x80\x67", segment, unknown=unknown)


@pytest.mark.parametrize(
    ("data", "milliseconds"),
    [
        (wav(16_000), 2000),
        (wav(8_000, rate=16_000), 500),
        (wav(8_000, stated=0xFFFFFFFF), 1000),
        (opus(48_312), 1000),
        (opus(960, 96_312, (1 << 64) - 1), 2000),
        (opus(48_000, skip=0), 1000),
        (vorbis(44_100, 22_050), 2000),
        (mp4(2500), 2500),
        (mp4(96_000, scale=48_000, version=1), 2000),
        (mp4(0, fragments=1500), 1500),
        (webm(1234.5), 1234),
        (webm(1234.5, scale=None), 1234),
        (webm(2_000_000.0, scale=1000), 2000),
        (webm(700.0, unknown=True), 700),
    ],
)
def test_length_is_that_of_the_container(data: bytes, milliseconds: int) -> None:
    assert duration_ms(data) == milliseconds


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ID3\x03" + bytes(100),
        webm(None, unknown=True),
        webm(float("nan")),
        webm(float("inf")),
        webm(-3.0),
        webm(1e300),
        mp4(0),
        mp4(0xFFFFFFFF),
        mp4(1000, scale=0),
        wav(0),
        wav(100, rate=0),
        opus(100, skip=5000),
        page(0, b"fLaC" + bytes(40)),
        opus(1 << 62),
    ],
)
def test_what_has_no_length_that_can_be_is_not_measured(data: bytes) -> None:
    assert duration_ms(data) is None


def test_wav_lasts_no_longer_than_the_samples_it_brings() -> None:
    assert duration_ms(wav(800, stated=8_000_000)) == 100


GOOD: Sequence[bytes] = (wav(900), opus(48_312), mp4(2500), mp4(0, fragments=9), webm(1234.5))


@given(st.sampled_from(GOOD), st.data())
def test_no_bytes_raise_or_give_more_than_a_day(whole: bytes, data: st.DataObject) -> None:
    """Cut and overwrite a good container anywhere: the answer is a length or none."""
    begins = whole[: data.draw(st.integers(0, len(whole)))]
    at = data.draw(st.integers(0, len(begins)))
    put = data.draw(st.binary(max_size=12))
    hostile = begins[:at] + put + begins[at + len(put) :] + data.draw(st.binary(max_size=40))
    length = duration_ms(hostile)
    assert length is None or 0 < length <= DURATION_MS_MAX


@pytest.mark.parametrize(
    "data",
    [
        page(0, b"OpusHead") + page(1, b"", serial=9) * 2000,
        b"RIFF\0\0\0\0WAVE" + b"abcd\0\0\0\0" * 8000,
        box(b"ftyp", b"") + box(b"free", b"") * 8000,
        box(b"ftyp", b"") + struct.pack(">I4sQ", 1, b"free", 0) * 4000,
        b"\x1a\x45\xdf\xa3\x80" + b"\xec\x80" * 30_000,
        b"\x1a\x45\xdf\xa3\x80" + b"\0" * 60_000,
    ],
)
def test_a_thousand_empty_pieces_come_to_an_end(data: bytes) -> None:
    assert duration_ms(data) is None
