"""What a worker is shown follows from the assignment alone, and leads nobody."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.router.decide.shown import (
    asked_shown,
    begins_from_draft,
    digest_of_answer,
    output_shown,
)
from services.router.state import NO_RULES, Rules
from shared.contracts.events.asked import Asked, Candidate, Units
from shared.contracts.events.assignment_facts import assignment_id
from shared.contracts.events.parts import Output, Scored
from shared.contracts.questions import KINDS
from shared.contracts.questions.choice import ChoiceQuestion
from tests.support.builders import an_output

YES_OR_NO = ChoiceQuestion(("yes", "no", "café"))
DRAFTED = Asked(draft="no")
IDS = [assignment_id("t-1", f"w-{number}") for number in range(2_000)]


def rules(share: float | None = 0.2) -> Rules:
    return replace(NO_RULES, asks=YES_OR_NO, draft_blind_share=share)


@pytest.fixture(autouse=True)
def drafting(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if people could begin from the draft of a choice."""
    monkeypatch.setitem(KINDS, "choice", replace(KINDS["choice"], drafts=True))


# --- drafts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_the_share_of_the_seats_is_blind(share: float) -> None:
    blind = [begins_from_draft(rules(share), DRAFTED, one) is False for one in IDS]

    assert sum(blind) / len(IDS) == pytest.approx(share, abs=0.04)
    assert blind == [begins_from_draft(rules(share), DRAFTED, one) is False for one in IDS]


def test_whoever_is_blind_stays_blind_when_more_are() -> None:
    few = [one for one in IDS if begins_from_draft(rules(0.1), DRAFTED, one) is False]

    assert all(begins_from_draft(rules(0.4), DRAFTED, one) is False for one in few)


def test_without_a_share_everybody_is_blind() -> None:
    assert {begins_from_draft(rules(None), DRAFTED, one) for one in IDS} == {False}


@pytest.mark.parametrize("asked", [None, Asked(), Asked(text="a text to mark")])
def test_a_task_without_a_draft_is_neither_drafted_nor_blind(asked: Asked | None) -> None:
    assert begins_from_draft(rules(), asked, IDS[0]) is None


def test_of_a_kind_that_knows_no_drafts_none_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "choice", replace(KINDS["choice"], drafts=False))

    assert begins_from_draft(rules(0.0), DRAFTED, IDS[0]) is None
    assert asked_shown(DRAFTED, IDS[0], drafted=None) is None


@pytest.mark.parametrize(("drafted", "shown"), [(True, Asked(draft="no")), (False, None)])
def test_the_draft_is_shown_to_whom_it_is_meant_for(*, drafted: bool, shown: Asked | None) -> None:
    assert asked_shown(DRAFTED, IDS[0], drafted=drafted) == shown


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("yes", "yes", True),
        ("yes", "no", False),
        ("caf\u00e9", "cafe\u0301", True),
        (1, "1", False),
    ],
)
def test_an_answer_is_the_draft_if_it_means_the_same(one: str, other: str, *, same: bool) -> None:
    equal = digest_of_answer(YES_OR_NO, one) == digest_of_answer(YES_OR_NO, other)

    assert equal is same


# --- what of the output is shown -----------------------------------------------------------------


def whole_output() -> Output:
    more = {
        "labels": (Scored(label="no", score=0.6),),
        "candidates": (Candidate(id="c1", text="one"), Candidate(id="c2", text="two")),
        "language": "id",
        "request": "Judge this",
    }
    return an_output("no").model_copy(update=more)


def fields_shown(asked: Asked | None = None, *, drafted: bool | None) -> set[str]:
    shown = output_shown(whole_output(), rules(), asked, drafted=drafted)
    return {name for name, value in shown.model_dump(exclude_none=True).items() if value}


@pytest.mark.parametrize("drafted", [True, False, None])
def test_only_who_begins_from_the_draft_sees_the_models_text(*, drafted: bool | None) -> None:
    always = {"language", "request"}

    assert fields_shown(drafted=drafted) == (always | {"text"} if drafted else always)


def test_text_that_is_no_draft_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    assert fields_shown(drafted=None) == {"language", "request", "text"}
    judged = Asked(judges_answer=True)
    assert fields_shown(judged, drafted=None) == {"language", "request", "text", "answer"}
    assert asked_shown(judged, IDS[0], drafted=None) is None


# --- the order of candidates ---------------------------------------------------------------------

CANDIDATES = tuple(Candidate(id=f"c{number}", text=f"text {number}") for number in range(4))


def order_of(assignment: str, candidates: tuple[Candidate, ...] = CANDIDATES) -> tuple[str, ...]:
    shown = asked_shown(Asked(candidates=candidates), assignment, drafted=None)
    assert shown is not None
    return tuple(candidate.id for candidate in shown.candidates)


@given(st.permutations(CANDIDATES), st.sampled_from(IDS))
def test_the_order_is_the_assignments_however_they_were_sent(
    candidates: list[Candidate], assignment: str
) -> None:
    assert order_of(assignment, tuple(candidates)) == order_of(assignment)


def test_each_candidate_is_first_as_often_as_any_other() -> None:
    first = Counter(order_of(one)[0] for one in IDS)

    assert first.keys() == {candidate.id for candidate in CANDIDATES}
    assert max(first.values()) < 1.25 * len(IDS) / len(CANDIDATES)


def test_whom_the_task_is_not_for_and_what_it_is_worth_to_whom_is_not_shown() -> None:
    units = Units(per="word", count=3, rate_minor=2)
    asked = Asked(text="a b c", units=units, not_for=("w-9",))

    assert asked_shown(asked, IDS[0], drafted=None) == Asked(text="a b c")
    assert asked_shown(Asked(units=units, not_for=("w-9",)), IDS[0], drafted=None) is None
