"""Answers make one text, word by word, and what it is sure of does not depend on their order."""

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.qa.agreement.transcript import tally
from tests.services.qa.agreement.transcript.builders import (
    QUESTION,
    a_draft,
    ballots_of,
    begun,
    tallied,
    text_of_tally,
    weighted,
    words,
)

Weighted = list[tuple[str, float]]


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        (["I see it."], "I see it."),
        (["I see it.", "I see it.", "we saw"], "I see it."),
        (["I see the cat", "I sea the cat", "I see a cat"], "I see the cat"),
        (["the big cat", "the cat", "the cat"], "the cat"),
        (["the big cat", "the big cat", "the cat"], "the big cat"),
        (["Mr. Smith", "mister Smith", "Mr. smith"], "Mr. Smith"),
        (["25 men", "twenty five men", "twenty five men"], "twenty five men"),
        (["hello, world", "Hello, world", "Hello world"], "Hello, world"),
    ],
)
def test_a_text_comes_out_word_by_word_as_the_believed_write_it(
    texts: list[str], verdict: str
) -> None:
    assert text_of_tally(tallied(*texts)) == verdict


def test_who_is_usually_right_is_believed_before_two_who_are_not() -> None:
    outcome = tallied("a cat", "a bat", "a bat", a0=0.98, a1=0.6, a2=0.6)

    assert text_of_tally(outcome) == "a cat"


def test_each_word_is_as_sure_as_its_own_support() -> None:
    outcome = tallied("I see it", "I see it", "I saw it")
    assert outcome.detail is not None
    sure = {word.word: word.confidence for word in outcome.detail.words}

    assert sure["see"] < sure["I"] == sure["it"]
    assert outcome.detail.words[1].alternatives.keys() == {"saw"}
    assert outcome.probability == pytest.approx(1 - outcome.detail.expected_word_error)


def test_a_word_that_only_some_begin_with_stands_apart_from_the_next() -> None:
    outcome = tallied("two good days", "good days", a1=0.85)

    assert text_of_tally(outcome) == "two good days"


def test_two_answers_without_words_do_not_agree() -> None:
    assert tallied("...", "...").answer is None
    assert tallied().answer is None
    alone = tallied("I see it")

    assert tallied("I see it", "...", "...").detail == alone.detail


def test_identical_texts_of_words_nobody_else_has_count_once() -> None:
    honest = (
        "we went to the old house near here and then we slept until noon",
        "we went in the old house near there and then we slept until one",
    )
    pasted = "xylo quark zebra mumble the old fjord near it was never slept in until noon"
    once, twice = tallied(*honest, pasted), tallied(*honest, pasted, pasted)

    assert text_of_tally(twice) == text_of_tally(once)
    assert twice.detail == once.detail


def test_who_left_a_draft_as_it_was_counts_once_where_others_write_something_else() -> None:
    honest = "Saya mau pergi"
    draft = "sign now pear key"
    ballots = ballots_of([honest, draft, draft], drafted={1, 2})
    apart = ballots_of([honest, draft, draft])
    weights = {"a-0": 0.85, "a-1": 0.8, "a-2": 0.8}

    assert tally(apart, QUESTION, weights).answer == {"text": draft}
    assert tally(ballots, QUESTION, weights).answer == {"text": honest}
    alone = tally(ballots[1:], QUESTION, weights)
    assert alone.detail == tally(apart[1:], QUESTION, weights).detail


def test_a_draft_is_one_more_answer_and_makes_no_text_alone() -> None:
    draft = a_draft("I sea it")
    ballots = ballots_of(["I see it", "I sea it"])
    weights = {"a-0": 0.8, "a-1": 0.8}

    beside = tally(ballots, QUESTION, weights, draft)
    assert beside.answer == {"text": "I sea it"}
    assert tally([], QUESTION, {}, draft).answer is None


@given(weighted, begun, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_answers_makes_no_difference(
    answers: Weighted, begun: set[int], chance: random.Random, drafted: bool
) -> None:
    ballots = ballots_of([text for text, _ in answers], begun)
    weights = {b.assignment_id: w for b, (_, w) in zip(ballots, answers, strict=True)}
    draft = a_draft("a b c") if drafted else None
    shuffled = chance.sample(ballots, len(ballots))

    one, other = (tally(order, QUESTION, weights, draft) for order in (ballots, shuffled))
    assert (one.answer, one.probability, one.detail) == (
        other.answer, other.probability, other.detail,
    )  # fmt: skip


@given(weighted, begun, st.floats(0, 1))
def test_one_more_answer_of_the_verdicts_text_never_lowers_its_probability(
    answers: Weighted, begun: set[int], right: float
) -> None:
    ballots = ballots_of([text for text, _ in answers], begun)
    weights = {b.assignment_id: w for b, (_, w) in zip(ballots, answers, strict=True)}
    before = tally(ballots, QUESTION, weights)
    verdict = text_of_tally(before)
    assume(verdict is not None)
    more = ballots_of([*(text for text, _ in answers), str(verdict)], begun)
    after = tally(more, QUESTION, {**weights, f"a-{len(answers)}": right})

    assert after.probability >= before.probability


@given(words(), st.integers(1, 7))
def test_who_all_write_the_same_is_taken_at_their_word(text: str, people: int) -> None:
    assume(text.strip())

    assert text_of_tally(tallied(*[text] * people)) == " ".join(text.split())
