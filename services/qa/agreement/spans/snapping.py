"""Takes borders that differ by a few characters for one, where most weight puts it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import fsum

from services.qa.agreement.spans.evidence import DIGITS
from services.qa.agreement.spans.voting import Layer
from shared.contracts.questions.spans import Span

REACH = 3
"""Borders of different people that are so many characters apart, or fewer, may be one border."""


def snapped(layer: Layer) -> Layer:
    """Return a layer in which people who mean one border have it at one offset.

    Borders whose neighbours are within REACH make a group, unless one person has two of them: then
    they are meant to differ. Of a group stands the offset with most weight; of equals the nearest
    to the middle, then the lower one. Two people who mean one border rarely err by the same number
    of characters: an offset named twice is better evidence than the middle of three that differ.
    Whoever gives the agreed spans as one more answer moves no border: theirs are those with the
    most weight already, so no agreed span can fall by it.
    Example: of `[3, 9)`, `[4, 9)` and `[5, 9)` with equal weights all become `[4, 9)`.
    """
    moved: dict[int, int] = {}
    for group in _groups(layer):
        stands = _heaviest(group)
        moved |= dict.fromkeys(group, stands)
    marked = [
        [Span(moved[span.start], moved[span.end], span.label) for span in spans]
        for spans in layer.marked
    ]
    return replace(layer, marked=marked)


def _groups(layer: Layer) -> Iterator[Mapping[int, Sequence[float]]]:
    """Yield the offsets that are one border, each with the weights of those who have it there."""
    people: dict[int, dict[int, float]] = {}
    for person, spans in enumerate(layer.marked):
        for border in {border for span in spans for border in span[:2]}:
            people.setdefault(border, {})[person] = layer.weights[person]
    near: list[int] = []
    for border in sorted(people):
        if near and border - near[-1] > REACH:
            yield from _apart(near, people)
            near = []
        near.append(border)
    yield from _apart(near, people)


def _apart(
    near: Sequence[int], people: Mapping[int, Mapping[int, float]]
) -> Iterator[Mapping[int, Sequence[float]]]:
    """Yield the offsets as one group, or each as its own if one person has two of them."""
    everybody = [person for border in near for person in people[border]]
    one = near and len(set(everybody)) == len(everybody)
    for group in [near] if one else [[border] for border in near]:
        yield {border: list(people[border].values()) for border in group}


def _heaviest(group: Mapping[int, Sequence[float]]) -> int:
    named = sorted(border for border, weights in group.items() for _ in weights)
    middle = named[len(named) // 2]
    return min(
        group,
        key=lambda border: (-round(fsum(group[border]), DIGITS), abs(border - middle), border),
    )
