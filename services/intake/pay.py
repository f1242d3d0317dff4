"""Counts what a task is paid by, where its rate card pays by the unit; the one place it is counted.

A unit is a minute of the recording, a word, a field or a candidate of what an offer shows. Words
stand between blanks. The count travels with the task, and its amount with each of its offers.
"""

import base64
from collections.abc import Callable, Iterator, Mapping

from services.intake.audio import duration_ms
from services.intake.catalog import RateCard, TaskType
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.asked import MILLISECONDS_OF_A_MINUTE, Asked, Media, Units
from shared.contracts.events.parts import Output

LENGTH = "media.duration_ms"


def with_units(asked: Asked | None, row: TaskType, card: RateCard, output: Output) -> Asked | None:
    """Return what a task asks, with the units it is paid by; unchanged if it is paid by the answer.

    Raises Refused, with the field and the fix, for an output without anything to count, and for
    one of more than the rate card's `units_max`.
    Example: a recording of 90 seconds has the count 90,000 (milliseconds) of `audio_minute`.
    """
    if card.per is None:
        return asked
    count = _COUNTS[card.per](row, asked or Asked(), output)
    _check_bound(card, count)
    units = Units(
        per=card.per,
        count=count,
        rate_minor=card.amount_minor,
        minimum_minor=card.minimum_minor or 0,
    )
    return (asked or Asked()).model_copy(update={"units": units})


def _check_bound(card: RateCard, count: int) -> None:
    is_audio = card.per == "audio_minute"
    most = (card.units_max or 0) * (MILLISECONDS_OF_A_MINUTE if is_audio else 1)
    if count > most:
        where, noun = (LENGTH, "milliseconds") if is_audio else ("response", f"{card.per}s")
        fix = f"it comes to {count} {noun}, and the rate card pays {most}: send less at once"
        raise Refused(Reason.INVALID_FIELD, f"{where}: {fix}")


def _audio_ms(_: TaskType, asked: Asked, output: Output) -> int:
    candidates = (candidate.media for candidate in asked.candidates)
    recordings = [media for media in (output.media, *candidates) if media is not None]
    if not recordings:
        fix = "its pay is by the minute of a recording: send media.ref or media.inline"
        raise Refused(Reason.MISSING, f"media: {fix}")
    return sum(map(_length, recordings))


def _length(media: Media) -> int:
    """Return the length in milliseconds: measured if that is possible, else as it is stated.

    What is measured goes before what is stated, since money follows from it.
    """
    measured = duration_ms(base64.b64decode(media.data)) if media.data is not None else None
    length = measured or media.duration_ms
    if length is None:
        cannot = "is not fetched" if media.data is None else "does not say how long it lasts"
        fix = f"the recording {cannot}, and its pay is by the minute: send milliseconds"
        raise Refused(Reason.MISSING, f"{LENGTH}: {fix}")
    return length


def _words(_: TaskType, asked: Asked, output: Output) -> int:
    count = sum(len(text.split()) for text in _texts(asked, output))
    if not count:
        raise Refused(Reason.MISSING, "text: its pay is by the word, and it has none: send text")
    return count


def _texts(asked: Asked, output: Output) -> Iterator[str]:
    """Yield the texts that an offer shows to whoever begins from the draft."""
    compared = [candidate.text for candidate in asked.candidates if candidate.text is not None]
    if compared:
        yield from compared
    elif asked.text is not None:
        yield asked.text
    elif output.text is not None:
        yield output.text


def _fields(row: TaskType, _: Asked, __: Output) -> int:
    return row.fields_asked


def _candidates(_: TaskType, asked: Asked, __: Output) -> int:
    return len(asked.candidates)


_COUNTS: Mapping[str, Callable[[TaskType, Asked, Output], int]] = {
    "audio_minute": _audio_ms,
    "word": _words,
    "field": _fields,
    "candidate": _candidates,
}
