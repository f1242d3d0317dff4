"""A deliberately weak model for handwritten digits, and its answers to images new to it.

The images come with scikit-learn. The model is Bernoulli naive Bayes (is this pixel dark?) trained
on 80 of them, which is far too few. Its probabilities are scaled by one temperature, fitted by
cross-validation on the same 80 images: naive Bayes is too sure of itself by construction, and a
gate that reads confidence needs one that means something. Nothing is chosen by looking at the
images that are published; the threshold is the one in deploy/catalog.yaml.
"""

import base64
import struct
import zlib
from collections.abc import Sequence
from itertools import chain

from sentuh.demo.material import ModelOutput

TRAINING_IMAGES = 80
FOLDS = 5
DARK = 0.5
LEVELS = 16
SCALE = 6
SOURCE = "/models/digits/naive-bayes"
MODEL, MODEL_VERSION = "digits-naive-bayes", "1"


def outputs(seed: int, count: int) -> list[ModelOutput]:
    """Return the weak model's answers to `count` images it was not trained on, none twice.

    ValueError if there are fewer. Example: outputs(seed=1, count=2) has ids digit-1-0000 and -0001.
    """
    images, labels, probabilities = _predictions(seed)
    if count > len(labels):
        raise ValueError(f"there are only {len(labels)} images left to publish: ask for fewer")
    return [
        _output(f"{seed}-{at:04}", image, label, odds)
        for at, (image, label, odds) in enumerate(
            zip(images[:count], labels[:count], probabilities[:count], strict=True)
        )
    ]


def available() -> int:
    """Count the images that can be published."""
    return 1797 - TRAINING_IMAGES


def png(rows: Sequence[Sequence[int]], *, scale: int = SCALE) -> bytes:
    """Encode these pixels (0 is white, 16 is black) as a greyscale PNG, `scale` times as wide."""
    height, width = len(rows) * scale, len(rows[0]) * scale
    lines = (
        bytes([0, *chain.from_iterable([255 - dot * 255 // LEVELS] * scale for dot in row)])
        for row in rows
        for _ in range(scale)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(b"".join(lines), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def _predictions(seed: int) -> tuple[list[list[list[int]]], list[int], list[list[float]]]:
    """Return images, right digits and the weak model's probabilities, in a shuffled order."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.datasets import load_digits
    from sklearn.model_selection import StratifiedKFold, train_test_split
    from sklearn.naive_bayes import BernoulliNB

    pixels, labels = load_digits(return_X_y=True)
    training, published = train_test_split(
        range(len(labels)), train_size=TRAINING_IMAGES, stratify=labels, random_state=seed
    )
    model = CalibratedClassifierCV(
        BernoulliNB(binarize=DARK * LEVELS),
        method="temperature",
        cv=StratifiedKFold(FOLDS, shuffle=True, random_state=seed),
        ensemble=False,
    ).fit(pixels[training], labels[training])
    images = pixels[published].astype(int).reshape(-1, 8, 8)
    return (
        images.tolist(),
        labels[published].tolist(),
        model.predict_proba(pixels[published]).tolist(),
    )


def _output(
    name: str, image: Sequence[Sequence[int]], label: int, odds: Sequence[float]
) -> ModelOutput:
    # Rounding may leave a sum that is not quite one; the rest goes to the likeliest digit.
    probabilities = [round(p, 6) for p in odds]
    likeliest = max(range(len(probabilities)), key=probabilities.__getitem__)
    probabilities[likeliest] = round(probabilities[likeliest] + 1 - sum(probabilities), 6)
    picture = base64.b64encode(png(image)).decode()
    return ModelOutput(
        source=SOURCE,
        id=f"digit-{name}",
        format="sklearn.proba",
        task_type="digits",
        correlation_id=f"sheet-{name}",
        envelope={
            "response": {
                "classes": [str(digit) for digit in range(len(probabilities))],
                "probabilities": list(probabilities),
            },
            "media": {"inline": {"type": "image/png", "data": picture}},
            "model": MODEL,
            "model_version": MODEL_VERSION,
        },
        truth=str(label),
        model_answer=str(likeliest),
    )
