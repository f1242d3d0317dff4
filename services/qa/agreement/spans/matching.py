"""Matches marked spans by how much they overlap, and measures how alike two answers are."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from math import fsum

from shared.contracts.questions.spans import Span

SAME_PLACE_MIN = 0.5
"""Two spans mark the same place from this Dice coefficient on."""


def closeness(one: Span, other: Span) -> float:
    """Return the Dice coefficient (1945) of two spans' characters, 0..1, whatever their labels.

    It is twice the characters they share by the sum of their lengths.
    Example: `[0, 10)` and `[5, 10)` share 5 of 15 characters: 2/3.
    """
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * max(0, shared) / (one.end - one.start + other.end - other.start)


def overlapping(place: Span, spans: Sequence[Span]) -> Sequence[Span]:
    """Return those of a person's spans that share a character with the place.

    `spans` are sorted and do not overlap each other.
    """
    first = bisect_right(spans, place.start, key=_end_of)
    last = bisect_left(spans, place.end, key=_start_of)
    return spans[first:last]


def meant_by(place: Span, spans: Sequence[Span]) -> Span | None:
    """Return the one of a person's spans that marks this place; None where none does.

    A span with the place's label goes before one with another label; of the rest the closest one
    is meant, then the first. `spans` are sorted and do not overlap each other.
    """
    best, rank = None, (False, 0.0)
    for span in overlapping(place, spans):
        near = closeness(place, span)
        if near >= SAME_PLACE_MIN and (span.label == place.label, near) > rank:
            best, rank = span, (span.label == place.label, near)
    return best


def f1(one: Sequence[Span], other: Sequence[Span]) -> float:
    """Return how alike two answers are, 0..1: F1 in which a pair counts by its closeness.

    Each span is paired with at most one of the other answer with the same label, the closest pairs
    first. So scored the shared task on drug names, as "partial" matches (Segura-Bedmar et al.,
    SemEval 2013, task 9). Two answers without spans are alike.
    Each answer is sorted, and its own spans of one label do not overlap.
    Example: one of two spans in common makes 0.5.
    """
    if not one and not other:
        return 1.0
    pairs = sorted(_pairs(one, other))
    mine, theirs, shared = set(), set(), []
    for distance, left, right in pairs:
        if left not in mine and right not in theirs:
            mine.add(left)
            theirs.add(right)
            shared.append(1 - distance)
    return 2 * fsum(shared) / (len(one) + len(other))


def _pairs(one: Sequence[Span], other: Sequence[Span]) -> Iterator[tuple[float, int, int]]:
    """Yield the pairs of one label that overlap: their distance, and their places in the two."""
    place = {span: at for at, span in enumerate(other)}
    of_label: dict[str, list[Span]] = {}
    for span in other:
        of_label.setdefault(span.label, []).append(span)
    for left, span in enumerate(one):
        for near in overlapping(span, of_label.get(span.label, ())):
            yield 1 - closeness(span, near), left, place[near]


def _start_of(span: Span) -> int:
    return span.start


def _end_of(span: Span) -> int:
    return span.end
