"""Reads the marked pieces of a text in a Label Studio prediction as spans.

Label Studio runs in a browser and counts UTF-16 units; models that write predictions often count
code points. Each piece says its own `text`, by which the right way of counting is told, and so is
the field of `data` that was marked. Where nothing tells, the spans are refused.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate

from pydantic import JsonValue

from services.intake.formats import payload as read_as
from services.intake.formats.payload import PayloadFacts
from shared.contracts.strictjson import JsonObject

LAST_OF_ONE_UNIT = "\uffff"
SPANS_MAX, TEXTS_MAX = 2_000, 50
_Piece = tuple[int, int, str, str]
_AT = "$.predictions[0].result[*].value"


def facts_of(values: Sequence[JsonObject], data: JsonObject) -> PayloadFacts:
    """Return the spans as the answer, in code points, and the text that they mark as the request.

    Raises Refused for a span without offsets or label, and where no text of the data, or several,
    have the pieces at their places.
    """
    if len(values) > SPANS_MAX:
        raise read_as.bad(f"{_AT}: send at most {SPANS_MAX:,} spans")
    pieces = [_piece(value) for value in values]
    texts = {value for value in data.values() if isinstance(value, str) and value}
    if len(texts) > TEXTS_MAX:
        raise read_as.bad("$.data: send the text that is marked, without the other fields")
    read = [spans for text in texts if (spans := _spans(pieces, text)) is not None]
    if len(read) != 1:
        fix = "send each with the text it marks, and its text in data"
        raise read_as.bad(f"{_AT}: the spans fit {len(read)} texts of the data: {fix}")
    return read[0]


def _piece(value: JsonObject) -> _Piece:
    start, end = (_offset(value.get(name), f"{_AT}.{name}") for name in ("start", "end"))
    labels = read_as.a_list(value.get("labels"), f"{_AT}.labels")
    if len(labels) != 1:
        raise read_as.bad(f"{_AT}.labels: send one label for each span")
    text = read_as.a_text(value.get("text"), f"{_AT}.text")
    return start, end, read_as.a_label(labels[0], f"{_AT}.labels"), text


def _offset(value: JsonValue, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise read_as.bad(f"{where}: send a whole number from 0 on")
    return value


def _spans(pieces: Sequence[_Piece], text: str) -> PayloadFacts | None:
    """Return the facts of the spans, if this is their text, in one of both ways of counting."""
    for points in (_as_they_are, _of_utf16(text)):
        places = [(points(start), points(end)) for start, end, *_ in pieces]
        marked = (text[start:end] for start, end in places)
        if all(one == piece[-1] for one, piece in zip(marked, pieces, strict=True)):
            spans: list[JsonValue] = [
                {"start": start, "end": end, "label": piece[2]}
                for (start, end), piece in zip(places, pieces, strict=True)
            ]
            return PayloadFacts(read_as.ABSENT, answer=spans, request=text)
    return None


def _as_they_are(offset: int) -> int:
    return offset


def _of_utf16(text: str) -> Callable[[int], int]:
    """Return what makes of an offset in UTF-16 units the number of the code point there."""
    if not text or max(text) <= LAST_OF_ONE_UNIT:
        return _as_they_are
    begins = list(accumulate((1 + (letter > LAST_OF_ONE_UNIT) for letter in text), initial=0))
    return lambda offset: bisect_left(begins, offset)
