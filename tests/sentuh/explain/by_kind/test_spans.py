"""A verdict on spans is explained by the marks that would be others, and adds up."""

from hypothesis import given, settings

from tests.sentuh.explain.reached import a_recount, assert_adds_up
from tests.services.qa.agreement.spans.builders import NAMES, Votes, ballots_of, votes


@settings(max_examples=12, deadline=None)
@given(votes())
def test_what_is_named_changes_it(cast: Votes) -> None:
    assert_adds_up(a_recount(*cast))


def test_the_marks_that_would_be_others_are_named() -> None:
    ballots = ballots_of([(0, 5, "name")], [(0, 5, "name")], [])
    told = assert_adds_up(a_recount(NAMES, ballots, {"a-0": 0.7, "a-1": 0.7, "a-2": 0.9}))

    assert "without name at 0 to 5" in told[0].told
