"""How long recordings and their segments are, and means that weigh segments by it."""

import math

from pydantic import JsonValue

from services.intake.formats import payload as read_as
from shared.contracts.strictjson import JsonObject

SEGMENT_SECONDS_MAX = 86_400


def of_recording(duration: JsonValue) -> float:
    """Return the recording's length, which vLLM writes as text; infinity if none is stated."""
    try:
        seconds = float(duration) if isinstance(duration, (int, float, str)) else 0.0
    except (ValueError, OverflowError):
        return math.inf
    return seconds if seconds > 0 else math.inf


def of_segment(segment: JsonObject, seconds: float, *, at: str) -> float | None:
    """Return a segment's seconds from start to end within the recording, 0 if one is missing.

    None if it weighs nothing: it ends before it starts, lasts over a day, or begins where the
    recording ends. `at` is the path of the list of segments.
    """
    start, end = segment.get("start"), segment.get("end")
    if start is None or end is None:
        return 0.0
    begins = read_as.a_number(start, f"{at}[*].start")
    if begins == -math.inf:
        return None
    begins = max(begins, 0.0)
    ends = min(read_as.a_number(end, f"{at}[*].end"), seconds)
    return ends - begins if 0 <= ends - begins <= SEGMENT_SECONDS_MAX and begins < seconds else None


def weighted_mean(values: list[float], weights: list[float]) -> float:
    """Return the weighted mean of the values; the plain mean if all weights are 0."""
    total = math.fsum(weights)
    if total <= 0:
        return math.fsum(values) / len(values)
    shares = (value * (weight / total) for value, weight in zip(values, weights, strict=True))
    return min(math.fsum(shares), 1.0)
