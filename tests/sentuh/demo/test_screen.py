"""What is shown while a run goes on: bars on a terminal, plain lines elsewhere."""

from io import StringIO

import pytest
from rich.console import Console

from sentuh.demo.progress import PATHS, Counts, ServiceHealth
from sentuh.demo.run import _beginning
from sentuh.demo.screen import Screen
from sentuh.demo.wishes import Wishes


@pytest.fixture
def health() -> list[ServiceHealth]:
    """One process that answers and one that does not yet."""
    well, ill = ServiceHealth("intake"), ServiceHealth("qa")
    for path in PATHS:
        well.take(path, 200, "")
    return [well, ill]


def shown(health: list[ServiceHealth], *, terminal: bool, width: int = 160) -> str:
    out = StringIO()
    screen = Screen(Console(file=out, width=width, force_terminal=terminal, color_system=None))
    with screen.live(Counts(sent=7), health, outputs=10):
        pass
    return out.getvalue()


def test_elsewhere_than_on_a_terminal_it_is_a_line(health: list[ServiceHealth]) -> None:
    text = shown(health, terminal=False)

    assert "7 of 10 sent, 0 decided" in text
    assert "● intake, ○ qa" in text
    assert text.count("\n") == 1


def test_on_a_terminal_the_counts_have_bars(health: list[ServiceHealth]) -> None:
    text = shown(health, terminal=True)

    assert "outputs sent" in text
    assert "━" in text


def test_a_line_that_is_piped_stays_one_line(health: list[ServiceHealth]) -> None:
    assert shown(health, terminal=False, width=40).count("\n") == 1


def test_on_a_narrow_terminal_a_line_goes_on_below_itself(health: list[ServiceHealth]) -> None:
    text = shown(health, terminal=True, width=60).rpartition(" s  7 of 10 sent")[2]

    below = text.splitlines()[1:]
    assert below
    assert all(line.startswith(" " * 9) and len(line) <= 60 for line in below)


@pytest.mark.parametrize(
    ("kafka", "redis", "beginning"),
    [
        (None, None, "starting a broker, starting Redis"),
        ("k:9092", None, "calling on the broker at k:9092, starting Redis"),
        ("k:9092", "redis://:hush@r", "calling on the broker at k:9092, calling on the Redis that"),
    ],
)
def test_what_is_named_is_not_said_to_be_started(
    kafka: str | None, redis: str | None, beginning: str
) -> None:
    wishes = Wishes(outputs=50, workers=20, seed=1, rate=1, kafka=kafka, redis=redis)

    assert _beginning(wishes).startswith(beginning)
