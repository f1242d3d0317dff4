"""What all transcripts share: words, a recording, and the signs that people must look at them."""

import math
from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from services.intake.envelope import Envelope
from services.intake.formats import payload as read_as
from services.intake.formats import unanswering
from services.intake.formats.payload import PayloadFacts
from services.intake.formats.speech import transcript_ends
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.language_names import tag_of
from shared.contracts.languages import canonical
from shared.contracts.strictjson import JsonObject

LANGUAGE_MIN = 0.5
_ONE_LANGUAGE = tuple(
    frozenset(names.split())
    for names in ("no nb nn", "he iw", "id in", "jw jv", "zh yue", "zh cmn", "tl fil", "sr hr bs")
)
"""Tags by which one language goes, or languages that models cannot tell apart."""
_CLOSING = {
    "[": "]",
    "(": ")",
    "\uff08": "\uff09",
    "\u3010": "\u3011",
    "*": "*",
    "\u266a": "\u266a",
}
"""What a mark stands in, such as `[Music]`, `(silence)` or `*coughs*`."""


def output(name: str, envelope: Envelope, facts: PayloadFacts) -> Output:
    """Return the transcript in the common form; raises Refused without a recording beside it."""
    if envelope.media is None:
        fix = "media: a transcript needs its recording: send media.ref, media.inline or dataref"
        raise Refused(Reason.MISSING, fix)
    if envelope.media.duration_ms is None:
        facts = facts._replace(transcript_seconds=transcript_ends.seconds_of(envelope.payload))
    return read_as.output(name, envelope, facts)


def words_in(text: JsonValue, where: str) -> str:
    """Return the text as it came; raises Refused where it is no text, or has no words."""
    if not isinstance(text, str):
        raise read_as.bad(f"{where}: send text")
    if text.strip():
        return text
    raise no_speech(where)


def joined(parts: Sequence[str], where: str) -> str:
    """Return the parts of a transcript as one text, with blanks between where they bring none.

    Raises Refused if no part has words.
    """
    blanks = any(part[:1].isspace() for part in parts)
    text = ("" if blanks else " ").join(part for part in parts if part)
    return words_in(text, where).strip()


def no_speech(where: str) -> Refused:
    """Return the refusal of a transcript without words."""
    fix = "the model heard no speech, so there is nothing to ask about: send what has words"
    return Refused(Reason.EMPTY_PAYLOAD, f"{where}: {fix}")


def doubt(text: str, where: str) -> Confidence | None:
    """Return why a transcript may not stand unseen whatever its numbers are; None if it may."""
    if _is_mark(text):
        return read_as.absent("no_speech", where)
    return read_as.absent("repeats", where) if unanswering.goes_round(text) else None


def doubt_of_language(
    heard: JsonValue, stated: str | None, *, where: str = "$.language"
) -> Confidence | None:
    """Return the doubt that another language was heard than the envelope states; None if none."""
    if stated is None or not _are_other_languages(stated, heard):
        return None
    return read_as.absent("language", where, "the envelope names another language")


def doubt_of_sureness(sure: float, where: str) -> Confidence | None:
    """Return the doubt that a probability of the language gives, which is found at `where`.

    Example: at 0.3 the transcript may well be in a language that nobody spoke.
    """
    if sure < LANGUAGE_MIN:
        name = where.rpartition(".")[2]
        return read_as.absent("language", where, f"{name} is {sure:.3g}")
    if sure > 1 + read_as.ROUNDING:
        return read_as.sentinel("off_scale", "probability", path=where)
    return None


def sure_of_language(stated: JsonValue, where: str) -> float:
    """Return how sure the model was of the language; 1 where it does not say."""
    return 1.0 if stated is None else read_as.a_number(stated, where)


def have_other_words(
    text: str, parts: Iterable[JsonValue], where: str, *, name: str
) -> Confidence | None:
    """Return the doubt that the parts, called `name`, have other letters than the text, or None.

    Programs lose parts on the way, and then nothing is known of the rest of the text.
    """
    texts = [part for part in parts if isinstance(part, str)]
    said = "".join(texts)
    if not texts or said.strip() == text.strip() or _letters(said) == _letters(text):
        return None
    return read_as.absent("other_tokens", where, f"the text has other words than its {name}")


def of_words(numbers: Sequence[float], where: str) -> Confidence:
    """Return the mean of the words' own probabilities, which are found at `where`.

    A sentinel where one is no probability, or all are 0, which stands for "not set".
    """
    if not numbers:
        return read_as.absent("not_stated", where)
    if not all(-read_as.ROUNDING <= number <= 1 + read_as.ROUNDING for number in numbers):
        detail = "a word's number is not on 0..1"
        return read_as.sentinel("off_scale", "probability", path=where, detail=detail)
    if not any(numbers):
        return read_as.sentinel("placeholder", "probability", path=where, detail="all are 0")
    return read_as.probability(math.fsum(numbers) / len(numbers), where)


def objects(listed: JsonValue, where: str) -> list[JsonObject]:
    """Return a list's objects; raises Refused, naming the place, for anything else in it."""
    return [
        read_as.an_object(item, f"{where}[{at}]")
        for at, item in enumerate(read_as.a_list(listed, where))
    ]


def _are_other_languages(stated: str, heard: JsonValue) -> bool:
    """Whether two tags or names name languages that are surely not one.

    Example: `id-ID` and `Thai` are two, `no` and `nb` are not, and nobody knows of `klingon`.
    """
    if not isinstance(heard, str) or not heard:
        return False
    names = {canonical(tag_of(tag)).partition("-")[0] for tag in (stated, heard)}
    if len(names) == 1 or any(len(name) not in (2, 3) for name in names):
        return False
    alike = any(names <= group for group in _ONE_LANGUAGE)
    return not alike and len({len(name) for name in names}) == 1


def _is_mark(text: str) -> bool:
    """Whether the text holds marks in brackets, dots or notes, but no letter beside them."""
    closing = ""
    for character in text:
        if closing:
            closing = "" if character == closing else closing
        elif character in _CLOSING:
            closing = _CLOSING[character]
        elif character.isalnum():
            return False
    return True


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
