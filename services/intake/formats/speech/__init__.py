"""Formats of speech recognisers."""

from services.intake.formats.speech import (
    amazon_transcribe,
    deepgram,
    faster_whisper,
    google_speech,
    openai_transcription,
    pocketsphinx,
    vosk,
    whisper_cpp,
    whisper_verbose_json,
)

FORMATS = (
    whisper_verbose_json.FORMAT,
    faster_whisper.FORMAT,
    whisper_cpp.FORMAT,
    openai_transcription.FORMAT,
    vosk.FORMAT,
    pocketsphinx.FORMAT,
    amazon_transcribe.FORMAT,
    google_speech.FORMAT,
    deepgram.FORMAT,
)
