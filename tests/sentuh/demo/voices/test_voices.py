"""The demo's recordings are small, say how long they are, and are heard by a real recogniser."""

import base64
from importlib.util import find_spec

import pytest

from sentuh.demo import voices
from sentuh.demo.voices.sentences import ENGLISH, INDONESIAN, SENTENCES
from services.intake.audio import duration_ms
from services.intake.media import INLINE_BYTES_MAX, SentMedia

spoken = pytest.mark.skipif(voices.lacking() is not None, reason=str(voices.lacking()))


def test_sentences_are_forty_short_ones_in_two_languages() -> None:
    assert len(ENGLISH) == len(INDONESIAN) == 20
    assert len(set(SENTENCES)) == 40
    assert all(4 <= len(sentence.split()) <= 12 for _, sentence in SENTENCES)


@spoken
def test_a_recording_goes_inline_and_says_how_long_it_is() -> None:
    for recording in voices.recordings(2):
        ogg = base64.b64decode(recording.ogg)
        assert len(ogg) <= INLINE_BYTES_MAX
        assert duration_ms(ogg) == pytest.approx(recording.seconds * 1000, abs=1)
        inline = {"type": "audio/ogg;codecs=opus", "data": recording.ogg}
        SentMedia.model_validate({"inline": inline})
        assert recording.draft
        assert 0 <= recording.sure <= 1


def test_what_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_sound(name: str) -> object:
        return None if name == "soundfile" else find_spec("json")

    monkeypatch.setattr(voices, "find_spec", without_sound)
    assert voices.lacking() == "no wheel of soundfile for this platform and Python"
