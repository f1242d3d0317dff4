"""Formats of transcripts: programs and services that turn speech into text."""

from services.intake.formats.speech import whisper_verbose_json

FORMATS = (whisper_verbose_json.FORMAT,)
