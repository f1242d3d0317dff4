"""Checks numbers, labels and text that come from outside, for all formats."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import JsonValue

from services.intake.envelope import Envelope
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.asked import Candidate
from shared.contracts.events.doubts import Doubt
from shared.contracts.events.parts import Confidence, Output, Scored
from shared.contracts.labels import LABEL_CHARACTERS_MAX, problem_with_label
from shared.contracts.language_names import tag_of
from shared.contracts.strictjson import JsonObject

LABELS_MAX = 1_000
LOGPROB_UNSET = -9_999.0
"""About the value that some servers send for a missing log probability; real ones are higher."""
SUM_TOLERANCE = 0.01
ROUNDING = 1e-3
"""How far a probability may pass 0 or 1, or a log probability 0, and still be rounding.

Half-precision floats near 1 are 2**-10 apart, so a softmax that is computed with them can give
1.00098. What is further off is no probability.
"""
_PERCENTS_OFF = 1.0
_NO_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})
"""What several libraries write for a number that JSON cannot hold; it is off every scale."""


def absent(reason: Doubt, path: str | None = None, detail: str | None = None) -> Confidence:
    """Return that an output has no confidence, why, and where that was seen."""
    return Confidence(status="absent", source_path=path, reason=reason, detail=detail)


def sentinel(reason: Doubt, scale: str, *, path: str, detail: str | None = None) -> Confidence:
    """Return that the number at `path` is no confidence, but stands for "not set" or is off."""
    return Confidence(
        status="sentinel", scale=scale, source_path=path, reason=reason, detail=detail
    )


ABSENT = absent("not_stated")


TO_PEOPLE = "goes to people"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Format:
    """One format: `recognises` says whether a payload looks like it, and `read` reads it.

    `recognises` never raises; `read` raises Refused for a payload that it cannot read. `marks` are
    names of fields: an object in this format has at least one of them, and `lists` says whether a
    list may be in it. Payloads without either are not looked at. Of a list of objects the first has
    at least one of `item_marks`; without these each list is looked at. `bare` formats have no names
    of their own: they are looked at last, where an object is in no other. The docs' table of
    formats says of each: `programs` that write it, where `confidence` is read, what happens
    `without` one; and `example` is a small payload in it.
    """

    name: str
    recognises: Callable[[JsonValue], bool]
    read: Callable[[Envelope], Output]
    marks: tuple[str, ...] = ()
    lists: bool = False
    item_marks: tuple[str, ...] = ()
    bare: bool = False
    programs: str = ""
    confidence: str = ""
    without: str = TO_PEOPLE
    example: JsonValue = None


class PayloadFacts(NamedTuple):
    """The facts that a payload states, to which the envelope's are added later."""

    confidence: Confidence
    text: str | None = None
    labels: tuple[Scored, ...] = ()
    answer: JsonValue = None
    candidates: tuple[Candidate, ...] = ()
    model: str | None = None
    model_version: str | None = None
    language: str | None = None
    request: str | None = None
    transcript_seconds: float | None = None


def bad(detail: str) -> Refused:
    """Return a Refused for a payload that breaks its format; `detail` says where, and the fix."""
    return Refused(Reason.BAD_OUTPUT, detail)


def an_object(value: JsonValue, where: str) -> JsonObject:
    """Return the value if it is a JSON object; else raise Refused, naming `where` it is."""
    if isinstance(value, dict):
        return value
    raise bad(f"{where}: send an object")


def a_list(value: JsonValue, where: str) -> list[JsonValue]:
    """Return the value if it is a JSON list; else raise Refused, naming `where` it is."""
    if isinstance(value, list):
        return value
    raise bad(f"{where}: send a list")


def a_number(value: JsonValue, where: str) -> float:
    """Return the value as a float; an integer too large for one as infinity.

    The text `NaN` or `Infinity` is minus infinity, so that it costs the confidence alone. Raises
    Refused, naming `where`, for any other text and for a boolean.
    """
    if type(value) is float:
        return value
    if isinstance(value, str) and value in _NO_NUMBERS:
        return -math.inf
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise bad(f"{where}: send a number")
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def a_score(value: JsonValue, where: str) -> float:
    """Return a label's score as `a_number` does; minus infinity for null, which NaN often becomes.

    Raises Refused as `a_number` does.
    """
    return -math.inf if value is None else a_number(value, where)


def a_label(value: JsonValue, where: str) -> str:
    """Return a label as one printable line; numbers and booleans are written as in JSON.

    Raises Refused, naming `where`, for any other value.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(a_number(value, where)) if isinstance(value, float) else _whole(value, where)
    if not isinstance(value, str):
        raise bad(f"{where}: send a label: text, a number or a truth value")
    problem = problem_with_label(value)
    if problem is not None:
        raise bad(f"{where}: {problem}")
    return value


def a_text(value: JsonValue, where: str) -> str:
    """Return the value if it is text and not blank; else raise Refused, naming `where` it is."""
    if not isinstance(value, str):
        raise bad(f"{where}: send text")
    if value.strip():
        return value
    raise Refused(Reason.EMPTY_PAYLOAD, f"{where}: is empty or blank: send what the model said")


def a_line(value: JsonValue) -> str | None:
    """Return a short printable line, such as a model's name; None for any other value."""
    if not isinstance(value, str) or not value.strip():
        return None
    return value if len(value) <= LABEL_CHARACTERS_MAX and value.isprintable() else None


def output(name: str, envelope: Envelope, facts: PayloadFacts) -> Output:
    """Return the output in the common form; the envelope's value wins over the payload's.

    A language is its tag, however it was written: `english` is `en`.
    """
    language = envelope.language or facts.language
    return Output(
        format=name,
        text=facts.text,
        labels=facts.labels,
        answer=facts.answer,
        candidates=facts.candidates,
        media=envelope.media,
        confidence=facts.confidence,
        model=envelope.model or facts.model,
        model_version=envelope.model_version or facts.model_version,
        language=None if language is None else tag_of(language),
        request=envelope.request or facts.request,
        transcript_seconds=facts.transcript_seconds,
    )


def classified(
    rows: Sequence[tuple[str, float]], path: Callable[[int], str], *, whole: bool = False
) -> PayloadFacts:
    """Return the facts of a classification: the best label is the answer, its score the confidence.

    `rows` holds labels with their scores, of equal scores the first is best. `path(n)` returns the
    JSON path of the n-th score, such as `$[0].score`. Scores that add up to more than 1 are each of
    a question of its own (a sigmoid), and none says how sure the one answer is; nor do those of all
    labels (`whole`) that add up to less. One score off the scale costs itself and the confidence.
    Raises Refused if a label occurs twice, as in a batch, and if they are no probabilities at all.
    Example: `cat` 0.7 and `dog` 0.3: answer `cat`, confidence 0.7.
    """
    if not 0 < len(rows) <= LABELS_MAX:
        raise bad(f"send 1 to {LABELS_MAX} labels")
    if len({label for label, _ in rows}) < len(rows):
        raise bad("a label comes twice: send each output of a batch in a record of its own")
    scores = [score for _, score in rows]
    low, high = min(scores), max(scores)
    top = scores.index(high)
    if low < -ROUNDING or high > 1 + ROUNDING:
        return _with_one_off(rows, scores, path)
    if low < 0 or high > 1:
        rows = [(label, min(max(score, 0.0), 1.0)) for label, score in rows]
    return PayloadFacts(
        labels=tuple([Scored(label=label, score=score) for label, score in rows]),
        answer=rows[top][0],
        confidence=_of_scores(scores, path(top), whole=whole),
    )


def _of_scores(scores: list[float], path: str, *, whole: bool) -> Confidence:
    total = sum(scores)
    if total > 1 + SUM_TOLERANCE or (whole and total < 1 - SUM_TOLERANCE):
        detail = f"the probabilities add up to {total:.3g}"
        return sentinel("off_scale", "probability", path=path, detail=detail)
    best = max(scores)
    if best in {0, 1} and (whole or len(scores) > 1) and all(score in {0, 1} for score in scores):
        return absent("zero_or_one", path)
    return probability(best, path)


def _with_one_off(
    rows: Sequence[tuple[str, float]], scores: list[float], path: Callable[[int], str]
) -> PayloadFacts:
    """Return the facts of a classification in which one score is off the scale; it is left out.

    Raises Refused where more are, or where they are percents: then they are no probabilities.
    """
    off = [at for at, score in enumerate(scores) if not -ROUNDING <= score <= 1 + ROUNDING]
    percents = len(scores) > 1 and abs(sum(scores) - 100) <= _PERCENTS_OFF
    where = path(off[0])
    if percents or len(off) > 1 or max(scores) == -math.inf:
        raise bad(f"{where}: send probabilities on 0..1, no logits and no percents")
    return PayloadFacts(
        labels=tuple(
            Scored(label=label, score=min(max(score, 0.0), 1.0))
            for at, (label, score) in enumerate(rows)
            if at not in off
        ),
        answer=rows[scores.index(max(scores))][0],
        confidence=sentinel("off_scale", "probability", path=where, detail="it is not on 0..1"),
    )


def probability(value: float, path: str) -> Confidence:
    """Return a confidence that was found as a probability at `path`."""
    if not 0 <= value <= 1:
        value = min(max(value, 0.0), 1.0)
    return _sure(value, "probability", path)


def odd_logprob(values: Sequence[float], path: str) -> Confidence | None:
    """Return the sentinel that the log probabilities give, or None if they can be used.

    A value that is just above 0, as rounding gives it, can be used as 0.
    """
    if min(values) <= LOGPROB_UNSET:
        detail = "a log probability is -9999, or no number"
        return sentinel("placeholder", "logprob", path=path, detail=detail)
    if max(values) > ROUNDING:
        return sentinel("off_scale", "logprob", path=path, detail="a log probability is above 0")
    return None


def from_logprob(mean: float, path: str) -> Confidence:
    """Return a confidence from 0 to 1: exp of a mean log probability found at `path`."""
    return _sure(math.exp(min(mean, 0.0)), "logprob", path)


def _sure(value: float, scale: str, path: str) -> Confidence:
    if not 0 <= value <= 1:
        raise ValueError(f"a confidence is from 0 to 1: {value} at {path}")
    fields = {"status": "ok", "value": value, "scale": scale, "source_path": path}
    return Confidence.made(fields)


def _whole(value: int, where: str) -> str:
    if abs(value) < 10**18:
        return str(value)
    raise bad(f"{where}: send a label, no endless number")
