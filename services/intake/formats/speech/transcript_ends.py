"""How long a transcript says that its recording is, or else where the last of its parts ends.

Programs differ in where they say so: in a field of the whole (`duration`, `info`, `metadata`), or
by an end of each part, in seconds, in text, in milliseconds (whisper.cpp), or as a begin and a
length (PocketSphinx).
"""

import math
from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from services.intake.formats.speech.lengths import SEGMENT_SECONDS_MAX
from shared.contracts.strictjson import JsonObject

_WHOLE = (("duration",), ("info", "duration"), ("metadata", "duration"), ("usage", "seconds"))
_PARTS = ("segments", "words", "chunks", "transcription", "result", "results", "w")
_ENDS = ("end", "end_time", "endTime", "resultEndTime", "result_end_time", "resultEndOffset")
_CHARACTERS_MAX = 40


def seconds_of(payload: JsonValue) -> float | None:
    """Return the seconds of a transcript in any format of recognisers; None if it says none.

    Never raises. A length that is none, or of over a day, counts for nothing.
    Example: `{"segments": [{"start": 0, "end": 3.2, "text": "hi"}]}` gives 3.2.
    """
    if isinstance(payload, dict):
        for way in _WHOLE:
            stated = _seconds(_at(payload, way))
            if stated is not None:
                return stated
    ends = [end for part in _parts(payload) if (end := _end(part)) is not None]
    return max(ends, default=None)


def _at(payload: JsonObject, way: Iterable[str]) -> JsonValue:
    value: JsonValue = payload
    for name in way:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _parts(payload: JsonValue) -> Iterator[JsonObject]:
    """Yield the parts of a transcript: of each of its lists of parts, or of a list of results."""
    for whole in payload if isinstance(payload, list) else [payload]:
        if not isinstance(whole, dict):
            continue
        yield whole
        for name in _PARTS:
            listed = whole.get(name)
            if isinstance(listed, dict):  # Amazon Transcribe's results
                listed = listed.get("items")
            if isinstance(listed, list):
                yield from (part for part in listed if isinstance(part, dict))


def _end(part: JsonObject) -> float | None:
    for name in _ENDS:
        if part.get(name) is not None:
            return _seconds(part[name])
    offsets, times = part.get("offsets"), part.get("timestamp")
    if isinstance(offsets, dict):
        milliseconds = _seconds(offsets.get("to"), of=1000 * SEGMENT_SECONDS_MAX)
        return None if milliseconds is None else milliseconds / 1000
    if isinstance(times, list):
        return max((end for one in times if (end := _seconds(one)) is not None), default=None)
    lasts = _seconds(part.get("d"))
    return None if lasts is None else _seconds((_seconds(part.get("b")) or 0.0) + lasts)


def _seconds(value: JsonValue, *, of: float = SEGMENT_SECONDS_MAX) -> float | None:
    """Return a number of seconds above 0, which may stand in text (`3.2`, `3.2s`), or None."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and len(value) > _CHARACTERS_MAX:
        return None
    try:
        number = float(value.removesuffix("s") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and 0 < number <= of else None
