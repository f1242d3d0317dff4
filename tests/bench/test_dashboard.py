"""What a drawn dashboard says of a number, and how curves stand on each other."""

from typing import Any

import pytest

from bench.dashboard import Span, _below, _color, _said
from sentuh.published.dashboards import BOARDS


def a_stat(title: str) -> Any:
    """A panel of the overview, as its file has it."""
    panels = [panel for row in BOARDS[0].rows for panel in row.panels]
    (found,) = [panel for panel in panels if panel.title == title]
    return found.as_json(1, {})


@pytest.mark.parametrize(
    ("title", "value", "color"),
    [
        ("Lost", 0, "tab:green"),
        ("Lost", 1, "tab:red"),
        ("Services ready", 4, "tab:green"),
        ("Services ready", 3, "tab:red"),
        ("Oldest unread", 299, "tab:green"),
    ],
)
def test_a_number_has_the_color_of_its_threshold(title: str, value: float, color: str) -> None:
    assert _color(value, a_stat(title)) == color


def test_a_number_is_said_in_its_unit() -> None:
    assert _said(0.0183, a_stat("Oldest unread")) == "0.018 s"
    assert _said(4, a_stat("Services ready")) == "4"


def test_stacked_curves_stand_on_those_before_them() -> None:
    curves = [("a", [1.0, 2.0], [10.0, 20.0]), ("b", [2.0], [5.0])]

    assert _below(curves, [1.0, 2.0, 3.0]) == [10.0, 25.0, 0.0]


def test_points_are_no_closer_than_a_scrape() -> None:
    assert Span(0, 60).step == 15
    assert Span(0, 86_400).step == 432
