"""A verdict on a preference is explained by who comes first, and adds up."""

from hypothesis import given, settings

from tests.sentuh.explain.reached import a_recount, assert_adds_up
from tests.services.qa.agreement.preference.builders import (
    ONE,
    OTHER,
    Cast,
    a_question,
    ballots_of,
    casts,
)


@settings(max_examples=30, deadline=None)
@given(casts())
def test_what_is_named_changes_it(cast: Cast) -> None:
    assert_adds_up(a_recount(*cast))


def test_the_candidate_that_would_be_first_is_named() -> None:
    recount = a_recount(a_question(), ballots_of(ONE, OTHER), {"a-0": 0.9, "a-1": 0.7})
    told = assert_adds_up(recount)

    assert told[0].told.startswith("Without w-0 it would be c2 first, ")
