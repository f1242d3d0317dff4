"""What a terminal would obey is not printed, whoever sent it."""

import io
from datetime import UTC, datetime

from rich.console import Console

from sentuh import audit, trace
from sentuh.audit.report import Finding, Report, Violation
from sentuh.history.printable import cleaned
from sentuh.trace.story import Story, StoryStep

EVIL = "\x1b[2J\u202e[bold]"
SHOWN = "�[2J�[bold]"


def test_text_stays_and_what_moves_or_hides_it_does_not() -> None:
    assert cleaned("“ja” 字 é [bold]") == "“ja” 字 é [bold]"
    assert cleaned("\x1b[2Jred\r\n\u202eback\x9b1m") == "�[2Jred���back�1m"


def test_a_story_is_printed_without_it() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    step = StoryStep(at, EVIL, EVIL, EVIL, "output", EVIL, "model-outputs", 0, 1)
    paper = Console(file=io.StringIO(), width=200)

    trace.show(Story(EVIL, EVIL, "open", EVIL, {"answer": EVIL}, (step,)), paper, places=True)

    assert_clean(paper, times=8)


def test_an_audit_is_printed_without_it() -> None:
    broken = Finding(1, "every output ends once", "broken", (Violation(EVIL, EVIL),))
    skipped = Finding(10, "Redis holds it", "skipped", reason=EVIL)
    paper = Console(file=io.StringIO(), width=200)

    audit.show(Report((broken, skipped), {"outputs": 1}, (EVIL,)), paper)

    assert_clean(paper, times=4)


def assert_clean(paper: Console, *, times: int) -> None:
    file = paper.file
    assert isinstance(file, io.StringIO)
    said = file.getvalue()
    assert said.count(SHOWN) == times
    assert "\x1b" not in said
    assert "\u202e" not in said
