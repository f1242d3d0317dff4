"""A verdict on a rating is explained by what draws its mean out of its interval."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.qa.agreement.terms import Ballot
from shared.contracts.questions.rating import RatingQuestion
from tests.sentuh.explain.reached import a_recount, assert_adds_up

SCALE = RatingQuestion(low=1, high=5, step=0.5)
casts = st.lists(
    st.tuples(st.integers(0, 8).map(lambda steps: 1 + steps / 2), st.floats(0.01, 0.99)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40)
@given(casts)
def test_what_is_named_changes_it(cast: list[tuple[float, float]]) -> None:
    ballots = [Ballot(f"a-{at}", f"w-{at}", rating) for at, (rating, _) in enumerate(cast)]

    assert_adds_up(
        a_recount(SCALE, ballots, {f"a-{at}": weight for at, (_, weight) in enumerate(cast)})
    )


def test_the_rating_that_draws_it_farthest_is_named() -> None:
    ballots = [Ballot(f"a-{at}", f"w-{at}", rating) for at, rating in enumerate((4, 4, 5))]
    recount = a_recount(SCALE, ballots, {"a-0": 0.62, "a-1": 0.5, "a-2": 0.5})
    left_out, otherwise, _ = assert_adds_up(recount)

    assert left_out.told == "Without w-0 and w-1 it would be 5, give or take 1.2."
    assert otherwise.told == "Had w-0 said 1, it would be 3.1605, give or take 1."
    assert recount.explaining.believed(0.62) == "weight 0.62, typical is 0.5"
