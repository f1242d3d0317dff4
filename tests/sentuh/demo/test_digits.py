"""The weak model's outputs: honest, repeatable, each image once, each a valid PNG."""

import base64
import struct
import zlib
from collections.abc import Iterator

import pytest

from sentuh.demo import digits
from sentuh.demo.material import ModelOutput

IMAGE = [[0, 16], [8, 4]]


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and data of each chunk; the checksum of each is right."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at = 8
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", data, at + 8 + size) == (zlib.crc32(kind + body),)
        yield kind, body
        at += 12 + size


def test_a_png_has_the_pixels_it_was_made_of() -> None:
    found = dict(chunks(digits.png(IMAGE, scale=2)))

    assert list(found) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", found[b"IHDR"]) == (4, 4, 8, 0, 0, 0, 0)
    rows = zlib.decompress(found[b"IDAT"])
    assert rows[:10] == bytes([0, 255, 255, 0, 0] * 2)
    assert rows[10:] == bytes([0, 128, 128, 192, 192] * 2)


@pytest.fixture(scope="module")
def outputs() -> list[ModelOutput]:
    return digits.outputs(seed=1, count=digits.available())


def test_every_image_left_is_published_once_and_none_it_was_trained_on(
    outputs: list[ModelOutput],
) -> None:
    assert len({output.id for output in outputs}) == len(outputs) == 1797 - digits.TRAINING_IMAGES


def test_pictures_are_small_and_inline(outputs: list[ModelOutput]) -> None:
    for output in outputs[:20]:
        media = output.envelope["media"]
        assert isinstance(media, dict)
        inline = media["inline"]
        assert isinstance(inline, dict)
        assert inline["type"] == "image/png"
        assert len(base64.b64decode(str(inline["data"]), validate=True)) < 2_000


def test_the_model_is_weak_and_knows_when(outputs: list[ModelOutput]) -> None:
    sure = [output for output in outputs if top(output) >= 0.85]

    assert 0.7 < accuracy(outputs) < 0.9
    assert len(sure) > 0.35 * len(outputs)
    assert accuracy(sure) > 0.9


def test_the_same_seed_gives_the_same_outputs_and_another_others() -> None:
    assert digits.outputs(7, 30) == digits.outputs(7, 30)
    assert digits.outputs(7, 30) != digits.outputs(8, 30)


def test_more_images_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="ask for fewer"):
        digits.outputs(1, digits.available() + 1)


def top(output: ModelOutput) -> float:
    response = output.envelope["response"]
    assert isinstance(response, dict)
    probabilities = response["probabilities"]
    assert isinstance(probabilities, list)
    assert sum(float(str(p)) for p in probabilities) == pytest.approx(1)
    return max(float(str(p)) for p in probabilities)


def accuracy(outputs: list[ModelOutput]) -> float:
    return sum(output.model_answer == output.truth for output in outputs) / len(outputs)
