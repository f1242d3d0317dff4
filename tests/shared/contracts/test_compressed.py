"""What is compressed comes back as it was, and nothing else is made of it."""

import hashlib
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import compressed as module
from shared.contracts.compressed import BYTES_MAX, FORM, compressed, dictionary, restored

DIGESTS = {1: "d6618762415bdb2d216b4e4ffb583d26b7039cc3c074c9d2364ab3d2fe3fb7fb"}


@given(st.binary(max_size=4000))
def test_every_byte_comes_back(raw: bytes) -> None:
    assert restored(compressed(raw)) == raw


def test_a_dictionary_stays_as_it_was_shipped() -> None:
    """What was compressed with it waits in Redis for the next build."""
    assert {
        form: hashlib.sha256(dictionary(form)).hexdigest() for form in range(1, FORM + 1)
    } == DIGESTS


def test_what_is_often_said_takes_little_room() -> None:
    said = dictionary(FORM)[-1500:]

    assert len(compressed(said)) < 30 < len(zstandard.compress(said))


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        (b"\x93\xa1a\xa1b\xc0", "form 147"),
        (bytes((FORM + 1,)), "is not known"),
        (
            bytes((FORM,)) + zstandard.ZstdCompressor(write_content_size=False).compress(b"x"),
            "size",
        ),
    ],
)
def test_what_is_of_another_form_is_refused(kept: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        restored(kept)


def test_little_that_would_become_much_is_refused_before_room_is_made_for_it() -> None:
    header = b"\x28\xb5\x2f\xfd\xe0" + (BYTES_MAX + 1).to_bytes(8, "little")
    assert zstandard.frame_content_size(header) == BYTES_MAX + 1

    with pytest.raises(ValueError, match="too large"):
        restored(bytes((FORM,)) + header)


@given(st.binary(max_size=60))
def test_nothing_else_is_ever_raised(garbage: bytes) -> None:
    for kept in (garbage, bytes((FORM,)) + garbage, compressed(b"words, words")[:5] + garbage):
        with suppress(ValueError):
            restored(kept)


def test_more_than_could_be_restored_is_not_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BYTES_MAX", 10)

    with pytest.raises(ValueError, match="too many"):
        compressed(b"eleven bytes")
