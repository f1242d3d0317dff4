"""Ballots, weights and strategies that the tests of ratings share."""

from hypothesis import strategies as st

from services.qa.agreement.rating import Average, tally, weigh
from services.qa.agreement.reliability import Population, Reliability
from services.qa.agreement.terms import Ballot
from shared.contracts.questions.rating import RatingQuestion

STARS = RatingQuestion(low=1, high=5)
FINE = RatingQuestion(low=-10, high=10, step=0.0001)
NEWCOMER, NOBODY = Reliability(), Population()

Votes = tuple[list[Ballot[float]], dict[str, float]]


def ballots_of(*ratings: float) -> list[Ballot[float]]:
    """One ballot for each rating, each of a worker of their own."""
    return [Ballot(f"a-{n}", f"w-{n}", rating) for n, rating in enumerate(ratings)]


def newcomers_say(*ratings: float, question: RatingQuestion = STARS) -> Average:
    """Combine ratings of workers nobody knows."""
    ballots = ballots_of(*ratings)
    weights = {b.assignment_id: weigh(b.answer, question, NEWCOMER, NOBODY) for b in ballots}
    return tally(ballots, question, weights)


@st.composite
def votes(draw: st.DrawFn, question: RatingQuestion = FINE) -> Votes:
    """Ratings on a scale, and their weights."""
    low, high = round(question.low / question.step), round(question.high / question.step)
    points = draw(st.lists(st.integers(low, high), min_size=1, max_size=12))
    ballots = ballots_of(*(question.nearest(point * question.step) for point in points))
    return ballots, {b.assignment_id: round(draw(st.floats(0.0001, 0.9999)), 6) for b in ballots}
