"""The names of all formats: a catalog's `accepts` and the envelope's `format` take no other."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

ENTRY_POINTS = "sentuh.formats"
"""The group of entry points under which an installed package adds formats of its own."""
_CHAT = ("openai.chat",)
_PIPELINES = ("hf.text-classification",)
_SPEECH = ("whisper.verbose_json",)
_CLASSIFIERS = ("sklearn.proba",)
_DATASETS: tuple[str, ...] = ()
BUILT_IN = frozenset({"sentuh.output", *_CHAT, *_PIPELINES, *_SPEECH, *_CLASSIFIERS, *_DATASETS})

ADDED: Mapping[str, EntryPoint] = {
    point.name: point for point in entry_points(group=ENTRY_POINTS) if point.name not in BUILT_IN
}
"""Formats of installed packages by name; one that is named like ours is left out."""

FORMAT_NAMES = BUILT_IN | ADDED.keys()
LISTED = ", ".join(sorted(FORMAT_NAMES))


def _known(name: str) -> str:
    if name in FORMAT_NAMES:
        return name
    near = get_close_matches(name, FORMAT_NAMES, 1)
    fix = f"did you mean {near[0]}?" if near else f"use one of {LISTED}"
    raise PydanticCustomError("invalid_field", "{fix}", {"fix": fix})


FormatName = Annotated[str, AfterValidator(_known)]
