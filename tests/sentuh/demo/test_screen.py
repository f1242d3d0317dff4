"""What is shown while a run goes on: bars on a terminal, plain lines elsewhere."""

from io import StringIO

import pytest
from rich.console import Console

from sentuh.demo.progress import PATHS, Counts, Health
from sentuh.demo.screen import Screen


@pytest.fixture
def health() -> list[Health]:
    """One process that answers and one that does not yet."""
    well, ill = Health("intake"), Health("qa")
    for path in PATHS:
        well.take(path, 200, "")
    return [well, ill]


def shown(health: list[Health], *, terminal: bool) -> str:
    out = StringIO()
    screen = Screen(Console(file=out, width=160, force_terminal=terminal, color_system=None))
    with screen.live(Counts(sent=7), health, outputs=10):
        pass
    return out.getvalue()


def test_elsewhere_than_on_a_terminal_it_is_a_line(health: list[Health]) -> None:
    text = shown(health, terminal=False)

    assert "7 of 10 sent, 0 decided" in text
    assert "● intake, ○ qa" in text
    assert text.count("\n") == 1


def test_on_a_terminal_the_counts_have_bars(health: list[Health]) -> None:
    text = shown(health, terminal=True)

    assert "outputs sent" in text
    assert "━" in text
