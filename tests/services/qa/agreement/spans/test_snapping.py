"""Borders that differ by a few characters are one border, where most weight puts it."""

from itertools import pairwise

from hypothesis import given

from services.qa.agreement.spans.snapping import REACH, snapped
from services.qa.agreement.spans.voting import Layer
from shared.contracts.questions.spans import Span, spans_of
from tests.services.qa.agreement.spans.builders import LENGTH, Marked, Votes, votes


def snapped_of(*marked: Marked, weights: tuple[float, ...] = ()) -> list[list[tuple[int, int]]]:
    spans = [[Span(*span) for span in one] for one in marked]
    layer = Layer(("name",), spans, weights or (0.8,) * len(marked), LENGTH)
    return [[(span.start, span.end) for span in one] for one in snapped(layer).marked]


def test_borders_go_where_most_weight_puts_them() -> None:
    marked = [(3, 12, "name")], [(4, 12, "name")], [(5, 12, "name")]
    assert snapped_of(*marked) == [[(4, 12)]] * 3
    assert snapped_of(*marked, weights=(0.6, 0.6, 0.9)) == [[(5, 12)]] * 3
    assert snapped_of(*marked, [(5, 12, "name")]) == [[(5, 12)]] * 4


def test_borders_that_are_far_apart_stay() -> None:
    far = 3 + REACH + 1
    assert snapped_of([(3, 20, "name")], [(far, 20, "name")]) == [[(3, 20)], [(far, 20)]]


def test_borders_of_which_one_person_has_two_stay() -> None:
    neighbours = [(3, 8, "name"), (9, 12, "name")]
    assert snapped_of(neighbours, [(3, 10, "name")]) == [[(3, 8), (9, 12)], [(3, 10)]]


@given(votes())
def test_nobodys_spans_vanish_or_overlap(cast: Votes) -> None:
    question, ballots, weights = cast
    for labels in question.layers:
        marked = [[s for s in spans_of(one.answer) if s.label in labels] for one in ballots]
        for spans in snapped(Layer(labels, marked, tuple(weights.values()), LENGTH)).marked:
            assert all(span.start < span.end for span in spans)
            assert all(one.end <= other.start for one, other in pairwise(spans))
