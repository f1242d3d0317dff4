#!/usr/bin/env bash
# soundfile 0.14.0 (libsndfile in its wheel): the same samples encoded twice as Ogg give different bytes.
#
# One would guess that an encoder with the same input and settings gives the same file, so that a digest of the
# bytes tells whether a recording was sent before. In every Ogg file libsndfile draws a random serial number of
# the stream and repeats it, with a new checksum, in every page. Opus and Vorbis both differ; WAV and FLAC do not.
# With serial and checksum blanked in each page the two files are equal: the sound is the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check soundfile==0.14.0 numpy==2.2.6
venv/bin/python - <<'PYTHON'
import io

import numpy
import soundfile

RATE = 16_000
tone = 0.3 * numpy.sin(2 * numpy.pi * 440 * numpy.arange(RATE) / RATE)


def encoded(kind: str, subtype: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, tone, RATE, format=kind, subtype=subtype)
    return file.getvalue()


def blanked(ogg: bytes) -> bytes:
    """Zero serial number (4 bytes at 14) and checksum (4 bytes at 22) of each page."""
    pages, at = bytearray(ogg), 0
    while at < len(pages):
        assert pages[at : at + 4] == b"OggS"
        pages[at + 14 : at + 18] = pages[at + 22 : at + 26] = bytes(4)
        segments = pages[at + 26]
        at += 27 + segments + sum(pages[at + 27 : at + 27 + segments])
    return bytes(pages)


print("soundfile", soundfile.__version__, soundfile.__libsndfile_version__)
assert soundfile.__version__ == "0.14.0"
for kind, subtype, same in (
    ("OGG", "OPUS", False), ("OGG", "VORBIS", False), ("WAV", "PCM_16", True), ("FLAC", "PCM_16", True),
):
    one, other = encoded(kind, subtype), encoded(kind, subtype)
    print(f"{subtype:7} in {kind:4}", "the same bytes" if one == other else "other bytes, the same when serial numbers are blanked")
    assert (one == other) is same, (kind, subtype)
    assert same or blanked(one) == blanked(other), (kind, subtype)
PYTHON
