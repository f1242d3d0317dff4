"""Spans matched by overlap, and F1 of two answers."""

import pytest
from hypothesis import given

from services.qa.agreement.spans.matching import closeness, f1, meant_by, overlapping
from shared.contracts.question import Answer
from shared.contracts.questions.spans import Span, spans_of
from tests.services.qa.agreement.spans.builders import THREE, marks

answers = marks(THREE)


def test_closeness_is_dice() -> None:
    assert closeness(Span(0, 10, "a"), Span(5, 10, "b")) == pytest.approx(2 / 3)
    assert closeness(Span(0, 5, "a"), Span(5, 10, "a")) == 0


def test_overlapping_are_those_that_share_a_character() -> None:
    spans = [Span(0, 3, "a"), Span(3, 6, "a"), Span(6, 9, "a"), Span(20, 22, "a")]
    assert list(overlapping(Span(2, 6, "a"), spans)) == spans[:2]
    assert list(overlapping(Span(10, 15, "a"), spans)) == []


def test_a_place_is_meant_by_its_own_label_before_a_closer_one_with_another() -> None:
    spans = [Span(0, 8, "name"), Span(8, 10, "place")]
    assert meant_by(Span(0, 8, "place"), spans) == spans[0]
    assert meant_by(Span(0, 10, "name"), spans) == spans[0]
    assert meant_by(Span(7, 10, "place"), spans) == spans[1]
    assert meant_by(Span(15, 18, "name"), spans) is None


@given(answers, answers)
def test_f1_is_the_same_from_both_sides_and_1_for_equals(one: Answer, other: Answer) -> None:
    left, right = spans_of(one), spans_of(other)
    assert f1(left, right) == pytest.approx(f1(right, left))
    assert f1(left, left) == 1.0
    assert 0.0 <= f1(left, right) <= 1.0


def test_half_the_spans_in_common_is_a_half() -> None:
    one = [Span(0, 3, "name"), Span(5, 8, "name")]
    assert f1(one, [Span(0, 3, "name"), Span(10, 12, "name")]) == 0.5
    assert f1(one, [Span(0, 3, "place"), Span(5, 8, "place")]) == 0
    assert f1(one, []) == 0


def test_spans_of_other_labels_may_overlap_them() -> None:
    one = [Span(0, 100, "name"), Span(1, 2, "place"), Span(3, 4, "place"), Span(90, 99, "place")]
    assert f1(one, one) == 1.0
    assert f1([Span(50, 100, "name")], one) == pytest.approx(2 * (100 / 150) / 5)
