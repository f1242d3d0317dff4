"""Votes on every character of a text, and joins the characters of one label to spans."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum

from services.qa.agreement.spans.evidence import DIGITS, Evidence, Marks
from services.qa.agreement.spans.matching import overlapping
from shared.contracts.questions.spans import Span


@dataclass(frozen=True, slots=True)
class Layer:
    """The labels of which a character has one at most, and what each person marked with them.

    Where spans may not overlap all labels are one layer; where they may, each label is its own.
    `marked` holds each person's spans, sorted, in the order of `weights`; none of them overlap.
    `length` is the text's, in code points.
    """

    labels: tuple[str, ...]
    marked: Sequence[Sequence[Span]]
    weights: tuple[float, ...]
    length: int


def voted(layer: Layer, evidence: Evidence) -> list[Span]:
    """Return the runs of characters with one most probable label, in their order.

    A run is parted at an offset where more weight has a border of a span with this label than goes
    on across it.
    Example: two of three people mark `[3, 9)` and one `[5, 9)`: `[3, 9)`.
    """
    borders = _Borders.of(layer)
    runs: list[Span] = []
    for start, end, marks in pieces(layer):
        label = evidence.best(marks)
        if label is None:
            continue
        before = runs[-1] if runs else None
        joins = before is not None and (before.end, before.label) == (start, label)
        if before is not None and joins and not borders.part(start, label):
            runs[-1] = Span(before.start, end, label)
        else:
            runs.append(Span(start, end, label))
    return runs


def pieces(layer: Layer) -> Iterator[tuple[int, int, Marks]]:
    """Yield start, end and each person's label of the pieces between all borders of all spans."""
    borders = {border for spans in layer.marked for span in spans for border in span[:2]}
    cuts = sorted(borders | {0, layer.length})
    place = {cut: at for at, cut in enumerate(cuts)}
    rows = []
    for spans in layer.marked:
        row: list[str | None] = [None] * (len(cuts) - 1)
        for start, end, label in spans:
            row[place[start] : place[end]] = [label] * (place[end] - place[start])
        rows.append(row)
    for (start, end), marks in zip(pairwise(cuts), zip(*rows, strict=True), strict=False):
        yield start, end, marks


@dataclass(frozen=True, slots=True)
class _Borders:
    """Who has a border of a span at an offset, by offset and label."""

    people: Mapping[tuple[int, str], Sequence[int]]
    layer: Layer

    @classmethod
    def of(cls, layer: Layer) -> "_Borders":
        people: dict[tuple[int, str], list[int]] = {}
        for person, spans in enumerate(layer.marked):
            for place in {(border, span.label) for span in spans for border in span[:2]}:
                people.setdefault(place, []).append(person)
        return cls(people, layer)

    def part(self, offset: int, label: str) -> bool:
        """Whether more weight has a border with this label here than goes on across the offset."""
        ending = self.people.get((offset, label), ())
        around = Span(offset - 1, offset + 1, label)
        across = [
            weight
            for person, weight in enumerate(self.layer.weights)
            if person not in ending
            and any(one.label == label for one in overlapping(around, self.layer.marked[person]))
        ]
        ends = fsum(self.layer.weights[person] for person in ending)
        # Weights have few digits: rounded, equal sums are equal whatever they are made of.
        return round(ends, DIGITS) > round(fsum(across), DIGITS)
