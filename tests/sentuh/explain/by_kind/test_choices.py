"""A verdict on choices is explained option by option, and adds up."""

from hypothesis import given, settings

from tests.sentuh.explain.reached import a_recount, assert_adds_up
from tests.services.qa.agreement.choices.builders import Votes, asked, ballots_of, votes


@settings(max_examples=40)
@given(votes())
def test_what_is_named_changes_it(cast: Votes) -> None:
    assert_adds_up(a_recount(*cast))


def test_the_option_that_would_join_is_named() -> None:
    ballots = ballots_of(["dark"], ["dark", "cropped"])
    recount = a_recount(asked(), ballots, {"a-0": 0.8, "a-1": 0.7})
    told = assert_adds_up(recount)

    assert told[0].told.startswith("Without w-0 it would be “dark”, “cropped”, ")
