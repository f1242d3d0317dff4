"""Sound as samples: resampled without aliases, and encoded as Ogg with Opus."""

import io
from typing import Any

import numpy as np
import soundfile

RATE = 16_000
"""Samples a second: what the recogniser's model was trained on, and a rate that Opus takes."""
_QUIET_SECONDS = 0.2
"""Silence before and after: a recogniser measures the room in it."""
_NOISE = 20.0
"""Standard deviation of the room's noise, of a full scale of 32,767."""

Samples = Any
"""A numpy array of 16-bit samples, one channel."""


def resampled(samples: Samples, rate: int) -> Samples:
    """Return samples of `rate` at RATE, in a quiet room.

    The spectrum is cut at half of RATE, as the sampling theorem asks: by mere interpolation what is
    above folds back into the speech, and the recogniser's word error rises from .5 to .8.
    """
    count = int(len(samples) * RATE / rate)
    spectrum = np.fft.rfft(samples.astype(np.float64))[: count // 2 + 1]
    speech = np.fft.irfft(spectrum, count) * (count / len(samples))
    quiet = np.zeros(int(_QUIET_SECONDS * RATE))
    room = np.random.default_rng(1).normal(0.0, _NOISE, count + 2 * len(quiet))
    heard = np.concatenate((quiet, speech, quiet)) + room
    return np.clip(heard, -32_768, 32_767).astype(np.int16)


def encoded(samples: Samples) -> bytes:
    """Encode samples at RATE as Ogg with Opus: some 3.5 KB a second."""
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="OGG", subtype="OPUS")
    return file.getvalue()


def seconds_of(samples: Samples) -> float:
    """Return the length of samples at RATE, in seconds to the millisecond."""
    return round(len(samples) / RATE, 3)
