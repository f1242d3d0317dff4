"""Speaks text by espeak-ng, whose library and voices come in the wheel `espeakng-loader`.

Its C interface is called by ctypes: the bindings there are either start a program of the system's
or know phonemes only. Source: espeak-ng/speak_lib.h, of version 1.52.
"""

import ctypes
from typing import Any

import espeakng_loader
import numpy as np

from sentuh.demo.voices.sound import Samples, resampled

VOICES = {"en": "en-us", "id": "id"}
"""The voice for each language tag."""
WORDS_PER_MINUTE = 140

_SYNCHRONOUS = 2
"""Return the samples to a callback, and from the call once all are spoken."""
_DO_NOT_EXIT = 1 << 15
"""Return an error where the voices are missing, and do not end the process."""
_RATE, _CHARACTERS, _UTF8 = 1, 1, 1
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Synthesiser:
    """One espeak-ng; it keeps its state in the process, so one at a time."""

    def __init__(self) -> None:
        """Load library and voices; OSError where the wheel lacks them."""
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        voices = espeakng_loader.get_data_path().encode()
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, voices, _DO_NOT_EXIT)
        if self._rate <= 0:
            raise OSError("espeak-ng finds no voices: install espeakng-loader again")
        self._spoken: list[bytes] = []
        # Kept, since the library holds a pointer to it and Python does not know.
        self._callback = _CALLBACK(self._take)
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_SetParameter(_RATE, WORDS_PER_MINUTE, 0)

    def speak(self, text: str, language: str) -> Samples:
        """Return the text as spoken in this language, at the sample rate `sound.RATE`.

        KeyError for a language without a voice, OSError where espeak-ng refuses.
        Example: `Synthesiser().speak("Selamat pagi.", "id")` is about a second of samples.
        """
        self._spoken.clear()
        self._must(self._library.espeak_SetVoiceByName(VOICES[language].encode()), "the voice")
        said = text.encode()
        asked = (said, len(said) + 1, 0, _CHARACTERS, 0, _UTF8, None, None)
        self._must(self._library.espeak_Synth(*asked), "the text")
        self._must(self._library.espeak_Synchronize(), "to end")
        return resampled(np.frombuffer(b"".join(self._spoken), dtype=np.int16), self._rate)

    def _take(self, samples: Any, count: int, _: Any) -> int:
        """Keep samples as they come; 0 tells espeak-ng to go on."""
        if samples and count > 0:
            self._spoken.append(ctypes.string_at(samples, count * 2))
        return 0

    def _must(self, status: int, what: str) -> None:
        if status:
            raise OSError(f"espeak-ng refuses {what} ({status})")
