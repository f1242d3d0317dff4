"""Votes by character: runs of one label become spans."""

from services.qa.agreement.spans.evidence import Evidence
from services.qa.agreement.spans.voting import Layer, pieces, voted
from shared.contracts.questions.spans import Span
from tests.services.qa.agreement.spans.builders import Marked


def a_layer(*marked: Marked, weights: tuple[float, ...] = ()) -> Layer:
    spans = [[Span(*span) for span in one] for one in marked]
    return Layer(("name", "place"), spans, weights or (0.8,) * len(marked), 30)


def voted_of(*marked: Marked, weights: tuple[float, ...] = ()) -> list[tuple[int, int, str]]:
    layer = a_layer(*marked, weights=weights)
    return [
        (start, end, label)
        for start, end, label in voted(layer, Evidence(layer.labels, layer.weights))
    ]


def test_pieces_lie_between_all_borders() -> None:
    layer = a_layer([(3, 9, "name")], [(5, 12, "place")])
    assert list(pieces(layer)) == [
        (0, 3, (None, None)),
        (3, 5, ("name", None)),
        (5, 9, ("name", "place")),
        (9, 12, (None, "place")),
        (12, 30, (None, None)),
    ]


def test_characters_that_most_mark_are_a_span() -> None:
    assert voted_of([(3, 9, "name")], [(3, 9, "name")], [(5, 9, "name")]) == [(3, 9, "name")]


def test_neighbours_of_one_label_stay_two_spans_where_most_part_them() -> None:
    parted, joined = [(0, 3, "name"), (3, 7, "name")], [(0, 7, "name")]
    assert voted_of(parted, parted, joined) == parted
    assert voted_of(parted, joined, joined) == joined


def test_neighbours_of_two_labels_are_two_spans() -> None:
    both = [(0, 3, "name"), (3, 7, "place")]
    assert voted_of(both, both) == both


def test_equal_sums_of_weights_part_nothing() -> None:
    parted, joined = [(0, 3, "name"), (3, 7, "name")], [(0, 7, "name")]
    assert voted_of(parted, parted, joined, weights=(0.3, 0.6, 0.9)) == joined
