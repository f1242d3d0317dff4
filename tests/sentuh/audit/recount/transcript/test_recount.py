"""The audit's recount agrees with qa's own agreement, which it does not use."""

from collections.abc import Collection
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentuh.audit.recount.transcript import LONG_WORDS_MIN, RECOUNT
from sentuh.audit.recount.transcript.table import Table
from services.qa.agreement.terms import Draft
from services.qa.agreement.transcript import tally
from services.qa.agreement.transcript.aligning import align, distance
from shared.contracts.events.parts import OutputRef
from shared.contracts.events.verdicts import JudgedDraft, VerdictReached, Vote
from shared.contracts.questions.transcript.question import Transcript
from tests.services.qa.agreement.transcript.builders import (
    QUESTION,
    a_draft,
    ballots_of,
    begun,
    weighted,
)

few = st.lists(st.sampled_from("abcd"), max_size=9).map(tuple)
TEXTS = [("I see the big cat", 0.9), ("I see a big cat", 0.8), ("i saw the cat", 0.7)]
Weighted = list[tuple[str, float]]


def a_verdict(
    answers: Weighted,
    draft: Draft[Transcript] | None = None,
    drafted: Collection[int] = frozenset(),
) -> VerdictReached:
    """Return the verdict that qa's agreement reaches on these; `drafted` began from a draft."""
    ballots = ballots_of([text for text, _ in answers], drafted)
    weights = {b.assignment_id: w for b, (_, w) in zip(ballots, answers, strict=True)}
    outcome = tally(ballots, QUESTION, weights, draft)
    now = datetime(2030, 1, 1, tzinfo=UTC)
    return VerdictReached(
        pool="main",
        at=now,
        task_id="t-1",
        task_type="voices",
        ref=OutputRef(source="s", id="1"),
        by="people",
        answer=outcome.answer,
        probability=outcome.probability,
        distribution={},
        stop_reason="budget",
        votes=tuple(
            Vote(
                assignment_id=b.assignment_id,
                worker_id=b.worker_id,
                answer=b.answer,
                standing="counted",
                weight=weights[b.assignment_id],
                drafted=b.drafted,
            )
            for b in ballots
            if QUESTION.problem_with(b.answer) is None
        ),
        detail=outcome.detail,
        draft=(
            None
            if draft is None
            else JudgedDraft(author="m", answer=draft.answer, weight=draft.weight)
        ),
        created_at=now,
    )


def wrongs(verdict: VerdictReached) -> list[str]:
    return [str(violation) for violation in RECOUNT.wrong(verdict, QUESTION)]


@given(few, few)
def test_both_alignments_are_the_same(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    table = Table(first, second)
    ours = [(row, column) for row, column in table.pairs() if row is not None]

    assert table.distance == distance(first, second)
    assert [-1 if column is None else column for _, column in ours] == list(align(first, second).at)


@given(weighted, begun, st.booleans())
def test_both_make_the_same_text_as_sure(answers: Weighted, begun: set[int], drafted: bool) -> None:
    draft = a_draft("a b c d") if drafted else None

    assert wrongs(a_verdict(answers, draft, begun)) == []


def test_both_count_who_left_a_draft_as_it_was_once() -> None:
    answers = [("Saya mau pergi", 0.85), ("sign now pear key", 0.8), ("sign now pear key", 0.8)]
    verdict = a_verdict(answers, drafted={1, 2})
    blind = [vote.model_copy(update={"drafted": False}) for vote in verdict.votes]

    assert wrongs(verdict) == []
    assert wrongs(verdict.model_copy(update={"votes": tuple(blind)})) != []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"answer": {"text": "I see a dog"}}, "is another text than its votes make"),
        ({"probability": 0.5}, "its probability is not 1 less its expected word error"),
        ({"detail": None}, "does not say how sure its words are"),
        ({"votes": ()}, "a text without any valid vote"),
    ],
)
def test_what_does_not_follow_from_the_votes_is_found(
    change: dict[str, object], fault: str
) -> None:
    verdict = a_verdict(TEXTS).model_copy(update=change)

    assert fault in "".join(wrongs(verdict))


def test_of_a_long_text_it_may_be_left_out_how_sure_each_word_is() -> None:
    long = " ".join(f"word{number % 90}" for number in range(LONG_WORDS_MIN))
    verdict = a_verdict([(long, 0.9), (f"{long} more", 0.8)]).model_copy(update={"detail": None})

    assert wrongs(verdict) == []
    assert wrongs(verdict.model_copy(update={"probability": 0.5})) != []


def test_words_that_are_stated_too_sure_are_found() -> None:
    verdict = a_verdict(TEXTS)
    assert verdict.detail is not None
    words = list(verdict.detail.words)  # type: ignore[attr-defined]
    words[1] = words[1].model_copy(update={"confidence": 1.0})
    detail = verdict.detail.model_copy(update={"words": tuple(words)})

    assert "word 1 is not as sure" in "".join(wrongs(verdict.model_copy(update={"detail": detail})))
