"""The facts of an output that a condition of `review_if` may name, each computed from it alone."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from shared.contracts.events.doubts import Doubt
from shared.contracts.events.parts import Output
from shared.contracts.question import text_of
from shared.contracts.questions import KINDS

FactType = Literal["double", "int", "bool", "string", "map(string, double)", "any", "record"]
Value = JsonValue


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its type, what it is in a few words, and how it follows from an output.

    `of` returns None where the output has no such fact; then nothing can be computed with it.
    """

    type: FactType
    what: str
    of: Callable[[Output], Value]


def _confidence(output: Output) -> Value:
    return output.confidence.value if output.confidence.status == "ok" else None


def _margin(output: Output) -> Value:
    scores = sorted((row.score for row in output.labels), reverse=True)
    return scores[0] - scores[1] if len(scores) > 1 else None


def _entropy(output: Output) -> Value:
    """Return Shannon's entropy in bits of the labels' scores, as they are when they add up to 1."""
    total = math.fsum(row.score for row in output.labels)
    if len(output.labels) < 2 or total <= 0:
        return None
    shares = [row.score / total for row in output.labels]  # a tiny score's share may be 0
    return max(0.0, -math.fsum(share * math.log2(share) for share in shares if share > 0))


def _labels(output: Output) -> Value:
    return {row.label: row.score for row in output.labels}


def _answer_as_text(output: Output) -> Value:
    return None if output.answer is None else text_of(output.answer)


def _fields(output: Output) -> Value:
    return output.answer if isinstance(output.answer, dict) else None


def _duration_seconds(output: Output) -> Value:
    length = None if output.media is None else output.media.duration_ms
    return output.transcript_seconds if length is None else length / 1000


def _doubts(*doubts: Doubt) -> Callable[[Output], Value]:
    return lambda output: output.confidence.reason in doubts


FACTS: Mapping[str, Fact] = {
    "confidence": Fact("double", "how sure the model is, 0 to 1, where that counts", _confidence),
    "margin": Fact("double", "by how much the best label's score leads the second's", _margin),
    "entropy": Fact("double", "of the labels' scores, in bits", _entropy),
    "labels": Fact("map(string, double)", "the score of each label", _labels),
    "answer": Fact("string", "what the model answered", _answer_as_text),
    "fields": Fact("record", "the fields of the record that the model filled in", _fields),
    "text": Fact("string", "what the model wrote", lambda output: output.text or ""),
    "text_length": Fact("int", "its characters", lambda output: len(output.text or "")),
    "word_count": Fact("int", "its words", lambda output: len((output.text or "").split())),
    "request": Fact("string", "what the model was asked", lambda output: output.request or ""),
    "request_length": Fact("int", "its characters", lambda output: len(output.request or "")),
    "candidate_count": Fact(
        "int", "the candidates to compare", lambda output: len(output.candidates)
    ),
    "language": Fact("string", "the language tag", lambda output: output.language or ""),
    "format": Fact("string", "the format it came in", lambda output: output.format),
    "model": Fact("string", "the model's name", lambda output: output.model or ""),
    "model_version": Fact("string", "its version", lambda output: output.model_version or ""),
    "duration_seconds": Fact(
        "double", "of the recording, by media.duration_ms or else the transcript", _duration_seconds
    ),
    "truncated": Fact("bool", "the answer did not end by itself", _doubts("unfinished")),
    "refused": Fact("bool", "the model refused", _doubts("refusal")),
    "tool_call": Fact("bool", "the text holds a tool call or thinking", _doubts("not_an_answer")),
    "repeats": Fact("bool", "the text goes round in a loop", _doubts("repeats")),
    "doubt": Fact(
        "string", "why the confidence does not count", lambda output: output.confidence.reason or ""
    ),
}
"""By name; a text that the output lacks is empty, and a number that it lacks is not there.

`answer` is text where people pick one option, and any JSON for other kinds of questions; `fields`
is there for records alone.
"""
_ANY_ANSWER = Fact("any", FACTS["answer"].what, lambda output: output.answer)


def facts_for(kind: str) -> Mapping[str, Fact]:
    """Return the facts that a condition may name where the question is of this kind."""
    form = KINDS[kind].row.ANSWER_FORM
    facts = dict(FACTS)
    if form != "text":
        facts["answer"] = _ANY_ANSWER
    if form != "fields":
        del facts["fields"]
    return facts


def values_of(output: Output, facts: Iterable[tuple[str, Fact]]) -> dict[str, Value]:
    """Return the values of these facts; one that the output lacks is left out."""
    values = {name: fact.of(output) for name, fact in facts}
    return {name: value for name, value in values.items() if value is not None}
