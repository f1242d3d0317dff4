"""Holds a message to the words of its sender: a field or header of theirs, and what to do."""

import re
from collections.abc import Iterator

from pydantic import BaseModel

FIX = re.compile(
    r"\b(?:send|answer|use|declare|leave|correct|name|flatten|convert|add|give|report|look|write"
    r"|set|put|raise|encode|list|remove|wait)\b"
)
PLACES = frozenset({
    "value", "key", "header", "headers", "response", "source", "id", "format", "task_type",
    "token", "answer", "pool", "worker_id", "at", "task_id", "presence", "media", "data",
    "request", "text", "label", "labels", "quote", "choices", "specversion", "type", "time",
    "dataref", "tasktype", "correlationid", "data_base64", "content-type", "skills",
    "languages", "capacity", "status", "confidence", "model", "model_version", "language",
    "context", "correlation_id", "candidates", "spent_seconds", "reason", "note", "ref", "inline",
    "score", "inferenceservicename", "gold_id", "truth", "output", "people", "placed_max",
    "not_for", "revision", "suspended",
})  # fmt: skip
"""Fields and headers that senders know."""
FOREIGN = re.compile(
    r"[Ii]nput should|[Vv]alid (?:dict|list|string|integer|number)|instance of|\btuple\b|pattern"
    r"|\bNone\b|validat|\[\w-\w|\\[a-zA-Z]|\{\d|\]\$|[Vv]alue error|unable to|NoneType|\bstr\b"
)
"""A validator's own words, Python's types, and pieces of regular expressions."""


def assert_for_its_sender(detail: str) -> None:
    """Assert that a detail names a place and a fix, in no words of the program's inside."""
    assert "\n" not in detail
    assert FIX.search(detail), f"no fix: {detail}"
    words = set(re.findall(r"[A-Za-z_0-9-]+", detail))
    assert words & PLACES or "$" in detail, f"no field or header: {detail}"
    assert_no_inner_words(detail)


def assert_no_inner_words(message: str) -> None:
    """Assert that a message has no words of a validator's and names no class of ours."""
    words = FOREIGN.search(message)
    assert words is None, f"a validator's words in: {message}"
    for name in re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)*\b", message):
        assert name not in _CLASSES, f"the class {name} in: {message}"


def _subclasses(base: type[BaseModel]) -> Iterator[str]:
    for kind in base.__subclasses__():
        yield kind.__name__
        yield from _subclasses(kind)


_COMMON = frozenset(
    {"Label", "Line", "Answers", "Output", "Media", "Event", "Part", "Option", "CloudEvent"}
)
"""Class names that are words of senders, too, at the beginning of a sentence."""
_CLASSES = frozenset(_subclasses(BaseModel)) - _COMMON
