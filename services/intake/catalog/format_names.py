"""The names of all formats: a catalog's `accepts` and the envelope's `format` take no other."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

ENTRY_POINTS = "sentuh.formats"
"""The group of entry points under which an installed package adds formats of its own."""
_CHAT = (
    "openai.chat", "openai.completion", "openai.responses", "anthropic.messages", "gemini",
    "ollama", "llamacpp.completion", "batch.line",
)  # fmt: skip
_PIPELINES = (
    "hf.text-classification", "hf.token-classification", "hf.question-answering",
    "hf.speech-recognition",
)  # fmt: skip
_SPEECH = (
    "whisper.verbose_json", "faster-whisper.segments", "whisper.cpp", "openai.transcription",
    "vosk", "pocketsphinx", "amazon.transcribe", "google.speech", "deepgram",
)  # fmt: skip
_CLASSIFIERS = (
    "sklearn.proba", "proba.row", "scores.by-class", "onnx.runtime", "kserve.v1", "kserve.v2",
    "triton.classification", "sagemaker.capture",
)  # fmt: skip
_DATASETS: tuple[str, ...] = (
    "json.record", "trl.preference", "trl.unpaired", "arena.battle", "label-studio.task",
)  # fmt: skip
BUILT_IN = frozenset({"sentuh.output", *_CHAT, *_PIPELINES, *_SPEECH, *_CLASSIFIERS, *_DATASETS})

POINTS = tuple(point for point in entry_points(group=ENTRY_POINTS) if point.name not in BUILT_IN)
ADDED: Mapping[str, EntryPoint] = {point.name: point for point in POINTS}
"""Formats of installed packages by name; one that is named like ours is left out."""

FORMAT_NAMES = BUILT_IN | ADDED.keys()
LISTING = "`sentuh check --format-help` lists the formats"
"""What refusals say instead of naming each: there are too many for one line."""


def fix_of_name(name: str) -> str:
    """Return what to write in place of a name that is no format's, for a refusal or a fault."""
    near = get_close_matches(name.lower(), FORMAT_NAMES, 1)
    return f"did you mean {near[0]}? {LISTING}" if near else f"use the name of one: {LISTING}"


def _known(name: str) -> str:
    if name in FORMAT_NAMES:
        return name
    raise PydanticCustomError("invalid_field", "{fix}", {"fix": fix_of_name(name)})


FormatName = Annotated[str, AfterValidator(_known)]
