"""A kind's line in the report: its measure before and after people, and what a minute cost."""

from io import StringIO

import pytest
from rich.console import Console

from sentuh.demo import by_kind as module
from sentuh.demo.by_kind import by_kind
from sentuh.demo.journal import Journal
from sentuh.demo.kinds.terms import Material
from sentuh.demo.kinds.transcript import wrong_words
from sentuh.demo.material import Truth
from sentuh.demo.tables import by_kind_table
from shared.contracts.events.asked import Asked, Units
from shared.contracts.events.earnings import EarningConfirmed
from shared.contracts.events.model import Event
from shared.contracts.events.parts import Quote
from tests.sentuh.demo.test_numbers import a_trusted, a_verdict, lines
from tests.support.builders import TASK_TYPE, a_quote

TRUTHS = {
    truth.task_id: truth
    for truth in (
        Truth("/m", "1", TASK_TYPE, truth="cat", model_answer="dog", kind="heard"),
        Truth("/m", "2", TASK_TYPE, truth="cat", model_answer="cat", kind="heard"),
        Truth("/m", "3", TASK_TYPE, truth="cat", model_answer="dog"),
    )
}
ASKED, WAIVED, CHOICE = TRUTHS
BY_MINUTE: Quote = a_quote().of_task(
    Asked(units=Units(per="audio_minute", count=30_000, rate_minor=40))
)


@pytest.fixture(autouse=True)
def _one_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be one kind beside choices, whose answers are one word."""
    material = Material(
        outputs=lambda _, __: [],
        measure=lambda answer, truth: wrong_words({"text": answer}, {"text": truth}),
        measures="wrong words",
    )
    monkeypatch.setattr(module, "MATERIALS", {"heard": material})


def journal() -> Journal:
    votes = {"w-1": "cat", "w-2": "dog", "w-3": "cat"}
    events: list[Event] = [
        a_verdict(ASKED, "cat", votes, probability=0.9, seconds=3),
        a_verdict(CHOICE, "dog", votes, probability=0.9, seconds=3),
        a_trusted(WAIVED),
    ]
    for worker in votes:
        confirmed = lines(ASKED, worker)[1]
        assert isinstance(confirmed, EarningConfirmed)
        events.append(confirmed.model_copy(update={"quote": BY_MINUTE}))
    return Journal.of(events)


def test_a_kind_is_measured_before_and_after_on_the_same_outputs() -> None:
    (row,) = by_kind(journal(), TRUTHS)

    assert (row.kind, row.outputs, row.judged, row.answers) == ("heard", 2, 1, 3.0)
    assert (row.before, row.after) == (0.5, 0.0)


def test_pay_is_summed_and_given_by_the_minute_heard() -> None:
    (row,) = by_kind(journal(), TRUTHS)

    assert [str(quote) for quote in row.paid] == ["0.60 USD"]
    assert [str(quote) for quote in row.per_minute] == ["0.40 USD"]


def test_an_output_without_a_verdict_counts_as_wrong() -> None:
    (row,) = by_kind(Journal(), TRUTHS)

    assert (row.judged, row.answers, row.after) == (0, 0.0, 1.0)


def test_the_table_says_what_was_left_out_and_why() -> None:
    out = Console(file=StringIO(), width=160)
    out.print(by_kind_table(by_kind(journal(), TRUTHS), {"drawn": "no pencil"}))
    shown = out.file.getvalue()  # type: ignore[attr-defined]

    assert "50.0%" in shown
    assert f"{TASK_TYPE}: 0.40 USD a minute heard" in shown
    assert "drawn is left out: no pencil" in shown
