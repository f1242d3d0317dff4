"""Recordings for the demo, spoken on this machine, and what a real recogniser hears in them."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec

from sentuh.demo.voices.sentences import SENTENCES

NEEDED = ("espeakng_loader", "soundfile", "pocketsphinx", "numpy")
"""Modules of the wheels that speak, encode and listen; not every platform has all of them."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A sentence that was spoken: Ogg with Opus, in base64, and what the recogniser heard.

    language: "en" or "id". sure: the recogniser's probability of `draft`, 0 where it heard nothing.
    """

    language: str
    sentence: str
    seconds: float
    ogg: str
    draft: str
    sure: float


def lacking() -> str | None:
    """Return why nothing can be spoken or heard here, as words for the report; None if all is."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if not missing:
        return None
    return f"no wheel of {', '.join(missing)} for this platform and Python"


def recordings(count: int = len(SENTENCES)) -> Iterator[Recording]:
    """Yield the first `count` sentences as recordings, the languages in turn.

    In every process they are spoken and heard alike; only the serial number in an Ogg is drawn.

    The recogniser knows English alone: what it makes of Indonesian is the case of a wrong language.
    Takes about half a second of CPU for each. ImportError where `lacking` names a module.
    Example: `next(recordings()).sentence` is "The ferry to the island leaves at half past seven.".
    """
    from sentuh.demo.voices.recogniser import Recogniser
    from sentuh.demo.voices.sound import encoded, seconds_of
    from sentuh.demo.voices.synthesiser import Synthesiser

    voice, ear = Synthesiser(), Recogniser()
    for language, sentence in SENTENCES[:count]:
        samples = voice.speak(sentence, language)
        draft, sure = ear.hear(samples)
        ogg = base64.b64encode(encoded(samples)).decode()
        yield Recording(language, sentence, seconds_of(samples), ogg, draft, sure)
