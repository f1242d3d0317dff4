"""Bands of stated confidence, finer towards 1; each band's lower edge may become the threshold."""

from bisect import bisect_left, bisect_right

EDGES = (
    *(0.0, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.88, 0.9, 0.92),
    *(0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 0.998, 0.999),
)
"""Fixed before any verdict: edges chosen by looking at verdicts would break the promise."""

BANDS = len(EDGES)


def band_of(confidence: float) -> int:
    """Return the band of a confidence from 0 to 1, 0 the lowest. An edge belongs to its own band.

    Example: 0.95 is in the band from 0.95 to below 0.96.
    """
    return bisect_right(EDGES, confidence) - 1


def band_from(floor: float) -> int:
    """Return the lowest band that is wholly at or above a floor; `BANDS` if there is none."""
    return bisect_left(EDGES, floor)
