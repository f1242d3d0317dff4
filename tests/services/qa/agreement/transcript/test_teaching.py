"""A verdict teaches how far each worker agrees with the text of the others."""

import pytest
from hypothesis import given

from services.qa.agreement.transcript import lessons, nearness, tally
from tests.services.qa.agreement.transcript.builders import (
    QUESTION,
    a_draft,
    ballots_of,
    tallied,
    weighted,
)


def agreed(*texts: str) -> dict[str, int]:
    """Return what each worker agreed in, in thousandths."""
    taught = lessons(tallied(*texts), ballots_of(texts))
    return {worker: lesson["agreed_milli"] for worker, lesson in taught.items()}


def test_who_writes_as_the_others_agrees_whole_and_one_word_off_is_one_word_less() -> None:
    learned = agreed("a b c d", "a b c d", "a b c x")

    assert learned.pop("w-2") == pytest.approx(1000 * 3 / 4 / 0.92, rel=0.02)
    assert learned == {"w-0": 1000, "w-1": 1000}


def test_one_answer_teaches_nothing() -> None:
    assert agreed("a b c") == {}
    assert agreed() == {}


def test_an_answer_without_words_agrees_with_nobody() -> None:
    assert agreed("a b c", "a b c", "...") == {"w-0": 1000, "w-1": 1000, "w-2": 0}


def test_of_copies_none_counts_for_another() -> None:
    pasted = "xylo quark zebra mumble near it was never slept in until noon by us two"
    honest = "we went to the old house near here and then we slept until {}"
    taught = agreed(honest.format("noon"), honest.format("one"), pasted, pasted)

    assert taught["w-2"] == taught["w-3"] < 500


@pytest.mark.parametrize(
    ("text", "share"), [("a b c d", 1.0), ("A, b c d.", 1.0), ("a b x d", 0.75), ("x y z v w", 0.0)]
)
def test_a_transcript_is_as_near_to_another_as_it_has_its_words(text: str, share: float) -> None:
    assert nearness({"text": text}, {"text": "a b c d"}, QUESTION) == share


def test_a_draft_that_counted_is_no_worker() -> None:
    ballots = ballots_of(["a b c d", "a b c d"])
    outcome = tally(ballots, QUESTION, {"a-0": 0.8, "a-1": 0.8}, a_draft("a b c x"))

    assert lessons(outcome, ballots).keys() == {"w-0", "w-1"}


def test_who_writes_as_the_draft_agrees_with_nobody_for_that() -> None:
    ballots = ballots_of(["a b c d", "a b c x"])
    one, weights = ballots[:1], {"a-0": 0.8, "a-1": 0.8}
    draft = a_draft("a b c d", 0.97)
    taught = lessons(tally(ballots, QUESTION, weights, draft), ballots)

    assert lessons(tally(one, QUESTION, weights, draft), one) == {}
    assert taught["w-0"]["agreed_milli"] - taught["w-1"]["agreed_milli"] < 50


def test_others_who_are_unsure_are_less_to_go_by() -> None:
    sure = agreed("a b c d", "a b c d", "a b c d", "a b c d", "a b c x")
    unsure = agreed("a b c d", "a b c x")

    assert sure["w-4"] < unsure["w-1"]


@given(weighted)
def test_lessons_are_thousandths_of_one_answer_each(answers: list[tuple[str, float]]) -> None:
    ballots = ballots_of([text for text, _ in answers])
    weights = {b.assignment_id: w for b, (_, w) in zip(ballots, answers, strict=True)}

    for lesson in lessons(tally(ballots, QUESTION, weights), ballots).values():
        assert lesson["answers"] == 1
        assert 0 <= lesson["agreed_milli"] <= 1000
