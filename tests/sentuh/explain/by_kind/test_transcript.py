"""A verdict on a transcript is explained by the words that would be others, and adds up."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sentuh.explain.reached import a_recount, assert_adds_up
from tests.services.qa.agreement.transcript.builders import (
    QUESTION,
    a_draft,
    ballots_of,
    begun,
    weighted,
)


@settings(max_examples=12, deadline=None)
@given(weighted, begun, st.booleans())
def test_what_is_named_changes_it(
    cast: list[tuple[str, float]], drafted: set[int], with_draft: bool
) -> None:
    draft = a_draft("a b c d") if with_draft else None
    ballots = ballots_of([text for text, _ in cast], drafted)
    weights = {one.assignment_id: weight for one, (_, weight) in zip(ballots, cast, strict=True)}

    assert_adds_up(a_recount(QUESTION, ballots, weights, draft), draft)


def test_the_words_that_would_be_others_are_named() -> None:
    ballots = ballots_of(["I see the big cat.", "I see a big cat.", "i see the big kat"])
    told = assert_adds_up(a_recount(QUESTION, ballots, {"a-0": 0.9, "a-1": 0.8, "a-2": 0.7}))

    assert told[0].told.startswith("Without w-0 it would be “a” for “the”, ")
