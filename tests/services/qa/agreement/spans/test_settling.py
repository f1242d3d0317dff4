"""Borders, doubtful spans and gaps."""

from tests.services.qa.agreement.spans.builders import NAMES, THREE, an_answer, counted


def test_a_border_named_twice_goes_before_the_middle_one() -> None:
    verdict = counted(
        NAMES,
        [(2, 12, "name")], [(3, 12, "name")], [(4, 12, "name")], [(5, 12, "name")],
        [(5, 12, "name")],
    )  # fmt: skip
    assert verdict.answer == an_answer((5, 12, "name"))


def test_borders_that_differ_a_little_make_no_span_doubtful() -> None:
    verdict = counted(NAMES, [(3, 12, "name")], [(3, 11, "name")], [(4, 12, "name")])
    assert verdict.answer == an_answer((3, 12, "name"))
    assert verdict.probability > 0.95


def test_one_of_three_who_marks_something_else_makes_the_gap_doubtful() -> None:
    verdict = counted(NAMES, [], [], [(3, 12, "name")])
    assert verdict.answer == []
    assert 0.5 < verdict.probability < 0.95


def test_a_label_that_people_dispute_makes_the_span_doubtful_and_not_the_gaps() -> None:
    verdict = counted(THREE, [(3, 12, "name")], [(3, 12, "name")], [(3, 12, "place")])
    assert verdict.answer == an_answer((3, 12, "name"))
    assert verdict.probability == next(iter(verdict.sure.values())) < verdict.gap


def test_a_span_over_the_whole_text_leaves_no_gap() -> None:
    whole = [(0, 30, "name")]
    assert counted(NAMES, whole, whole).gap == 1.0


def test_a_span_does_not_move_over_the_one_before() -> None:
    verdict = counted(
        THREE,
        [(0, 10, "name"), (10, 20, "place")],
        [(0, 10, "name"), (12, 20, "place")],
        [(0, 8, "name"), (8, 20, "place")],
        [(0, 8, "name"), (8, 20, "place")],
    )
    assert THREE.problem_with(verdict.answer) is None
