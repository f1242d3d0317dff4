"""Redacts one output: everything in it that is published or shown to people."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from pydantic import JsonValue

from services.intake.catalog.rows import TaskType
from services.intake.cloudevents import OWN_SOURCES
from services.intake.formats.candidates import is_made_here
from services.intake.redaction.pieces import (
    Piece,
    Redacting,
    kinds_in_name,
    may_hold_any,
    moved,
    pieces_in,
    replaced,
)
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.asked import Candidate, Media
from shared.contracts.events.parts import Confidence, Output, OutputRef, Scored
from shared.contracts.events.redacted import Redacted, RedactedKind

_READABLE = "text/plain"
_APART = "\0"
"""Stands between texts that are looked at together: digits do not go on over it."""


def redacted(output: Output, ref: OutputRef, row: TaskType) -> tuple[Output, tuple[Redacted, ...]]:
    """Return the output without what its task type redacts, and how many pieces that were.

    Text, request, candidates, labels, the answer and plain text inline are redacted; the offsets of
    spans follow the text. Recordings and pictures are not looked into. Raises Refused where a name
    holds a piece, which cannot be replaced: an id, the source, a URL; and for text in no UTF-8.
    Example: `Write to ana@example.com` becomes `Write to [email]`.
    """
    if not row.redact:
        return output, ()
    redacting = _redacting(row.redact, row.phone_regions)
    names = _names_of(output, ref)
    if may_hold_any(_APART.join([text for _, text in names])):
        _check_names(names, redacting)
    if not may_hold_any(_APART.join(_texts_of(output))):
        return output, ()
    work = _Redaction(redacting, frozenset(one.id for one in output.candidates))
    changed = work.output(output, row)
    if not work.counts:
        return output, ()
    counted = sorted(work.counts.items())
    return changed, tuple([Redacted.made({"kind": kind, "count": n}) for kind, n in counted])


def redacted_model(output: Output, row: TaskType) -> tuple[str | None, str | None]:
    """Return names of model and version as `redacted` leaves them: so outputs are published."""
    if not row.redact:
        return output.model, output.model_version
    work = _Redaction(_redacting(row.redact, row.phone_regions), frozenset())
    return work.text(output.model), work.text(output.model_version)


@lru_cache(maxsize=256)
def _redacting(kinds: tuple[RedactedKind, ...], phone_regions: tuple[str, ...]) -> Redacting:
    return Redacting(frozenset(kinds), phone_regions)


@lru_cache(maxsize=256)
def _path_may_hold_any(path: str) -> bool:
    return may_hold_any(path)


@dataclass
class _Redaction:
    """The redaction of one output, with the counts so far; `ids` are those of its candidates."""

    redacting: Redacting
    ids: frozenset[str]
    counts: dict[RedactedKind, int] = field(default_factory=dict)

    def output(self, output: Output, row: TaskType) -> Output:
        pieces = {"text": self._pieces(output.text), "request": self._pieces(output.request)}
        answer = row.moved_answer(output.answer, _moves(pieces))
        changes: dict[str, object] = {
            "text": replaced(output.text, pieces["text"]) if output.text else output.text,
            "request": replaced(output.request, pieces["request"])
            if output.request
            else output.request,
            "labels": tuple([self._label(one) for one in output.labels]),
            "answer": None if answer is None else self._json(answer),
            "candidates": tuple([self._candidate(one) for one in output.candidates]),
            "media": self._media(output.media),
            "confidence": self._confidence(output.confidence),
            "model": self.text(output.model),
            "model_version": self.text(output.model_version),
        }
        return output.with_values(changes)

    def _confidence(self, confidence: Confidence) -> Confidence:
        detail, path = self.text(confidence.detail), self._path(confidence.source_path)
        if detail == confidence.detail and path == confidence.source_path:
            return confidence
        return confidence.with_values({"detail": detail, "source_path": path})

    def _pieces(self, text: str | None) -> list[Piece]:
        if not text:
            return []
        pieces = pieces_in(text, self.redacting)
        for piece in pieces:
            self.counts[piece.kind] = self.counts.get(piece.kind, 0) + 1
        return pieces

    def text(self, text: str | None) -> str | None:
        """Return a text without its pieces, which are counted."""
        return replaced(text, self._pieces(text)) if text else text

    def _path(self, path: str | None) -> str | None:
        """Return a path as `text` does: those of a format are few, and mostly hold nothing."""
        return path if path is None or not _path_may_hold_any(path) else self.text(path)

    def _label(self, scored: Scored) -> Scored:
        label = replaced(scored.label, self._pieces(scored.label))
        return scored if label == scored.label else Scored(label=label, score=scored.score)

    def _candidate(self, candidate: Candidate) -> Candidate:
        changes = {"text": self.text(candidate.text), "media": self._media(candidate.media)}
        return candidate.with_values(changes)

    def _media(self, media: Media | None) -> Media | None:
        text = _readable(media)
        if media is None or text is None:
            return media
        data = base64.b64encode(replaced(text, self._pieces(text)).encode()).decode()
        return media.with_values({"data": data})

    def _json(self, value: JsonValue) -> JsonValue:
        """Return JSON with each text in it redacted, keys too; a number that is a piece is text."""
        if isinstance(value, str):
            return value if value in self.ids else replaced(value, self._pieces(value))
        if isinstance(value, list):
            return [self._json(one) for one in value]
        if isinstance(value, dict):
            return {
                replaced(name, self._pieces(name)): self._json(one) for name, one in value.items()
            }
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            written = json.dumps(value)
            pieces = self._pieces(written)
            return replaced(written, pieces) if pieces else value
        return value


def _moves(pieces: dict[str, list[Piece]]) -> Callable[[str, int, bool], int]:
    """Return the function from field, offset and whether a span ends there to the new offset."""

    def move(name: str, offset: int, is_end: bool) -> int:  # noqa: FBT001 - a plain function
        return moved(offset, pieces[name], is_end=is_end)

    return move


def _check_names(names: Sequence[tuple[str, str]], redacting: Redacting) -> None:
    """Raise Refused for a name that holds a piece; its value is not repeated."""
    for name, text in names:
        kinds = kinds_in_name(text, redacting)
        if kinds:
            what = " and ".join(kinds)
            fix = f"it holds what this task type redacts ({what}): send another without it"
            raise Refused(Reason.INVALID_FIELD, f"{name}: {fix}")


def _names_of(output: Output, ref: OutputRef) -> list[tuple[str, str]]:
    """Return what is published and cannot be replaced: names of fields, and what they hold."""
    names = [("source", ref.source)]
    if not ref.id.startswith(OWN_SOURCES):
        names.append(("id", ref.id))
    if ref.correlation_id is not None:
        names.append(("correlation_id", ref.correlation_id))
    if output.language is not None:
        names.append(("language", output.language))
    if output.media is not None and output.media.ref is not None:
        names.append(("media.ref", output.media.ref))
    made = is_made_here(output.candidates)
    for at, candidate in enumerate(output.candidates):
        if not made:
            names.append((f"candidates[{at}].id", candidate.id))
        if candidate.media is not None and candidate.media.ref is not None:
            names.append((f"candidates[{at}].media.ref", candidate.media.ref))
    return names


def _texts_of(output: Output) -> Iterator[str]:
    """Yield every text of an output that may be redacted, for a first look at all of them."""
    confidence, path = output.confidence, output.confidence.source_path
    some: Sequence[str | None] = (
        output.text,
        output.request,
        output.model,
        output.model_version,
        confidence.detail,
        path if path is not None and _path_may_hold_any(path) else None,
        _readable(output.media),
        *(one.label for one in output.labels),
    )
    yield from (text for text in some if text is not None)
    for candidate in output.candidates:
        yield from (text for text in (candidate.text, _readable(candidate.media)) if text)
    yield from _texts_in(output.answer)


def _texts_in(value: JsonValue) -> Iterator[str]:
    """Yield each text of a JSON value, the names of fields too, and numbers as they are written."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        yield from chain.from_iterable(map(_texts_in, value.values()))
    elif isinstance(value, list):
        yield from chain.from_iterable(map(_texts_in, value))
    elif value is not None:
        yield json.dumps(value)


def _readable(media: Media | None) -> str | None:
    """Return what lies inline as plain text; None for any other medium."""
    if media is None or media.data is None or media.type != _READABLE:
        return None
    try:
        text = base64.b64decode(media.data).decode()
    except UnicodeDecodeError:
        text = _APART
    if _APART in text:  # UTF-16 has one beside each letter of ASCII
        fix = "is no text in UTF-8, which this task type must look into: send UTF-8"
        raise Refused(Reason.BAD_MEDIA, f"media.inline.data: {fix}")
    return text
