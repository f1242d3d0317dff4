"""Ballots, weights and strategies that the tests of choices share."""

from collections.abc import Sequence

from hypothesis import strategies as st

from services.qa.agreement.choices import Picked, tally, weigh
from services.qa.agreement.reliability import Population, Reliability
from services.qa.agreement.terms import Ballot
from shared.contracts.questions.choices import ChoicesQuestion, Labels

OPTIONS = ("blurred", "dark", "cropped", "loud", "empty")
NEWCOMER, NOBODY = Reliability(), Population()

Votes = tuple[ChoicesQuestion, list[Ballot[Labels]], dict[str, float]]


def asked(of: int = 3, *, least: int = 0, most: int | None = None) -> ChoicesQuestion:
    return ChoicesQuestion(
        options=OPTIONS[:of], picks_min=least, picks_max=of if most is None else most
    )


def ballots_of(*picks: Sequence[str]) -> list[Ballot[Labels]]:
    """One ballot for each set of options, each of a worker of their own."""
    return [Ballot(f"a-{n}", f"w-{n}", [*picked]) for n, picked in enumerate(picks)]


def newcomers_say(question: ChoicesQuestion, *picks: Sequence[str]) -> Picked:
    """Combine the answers of workers nobody knows."""
    ballots = ballots_of(*picks)
    weights = {b.assignment_id: weigh(b.answer, question, NEWCOMER, NOBODY) for b in ballots}
    return tally(ballots, question, weights)


@st.composite
def votes(draw: st.DrawFn) -> Votes:
    """A question, answers to it, and their weights."""
    of = draw(st.integers(2, len(OPTIONS)))
    least = draw(st.integers(0, of))
    question = asked(of, least=least, most=draw(st.integers(max(1, least), of)))
    sets = st.lists(
        st.sampled_from(question.options),
        min_size=question.picks_min,
        max_size=question.picks_max,
        unique=True,
    )
    ballots = ballots_of(*draw(st.lists(sets, min_size=1, max_size=9)))
    weights = {b.assignment_id: round(draw(st.floats(0.5, 0.97)), 6) for b in ballots}
    return question, ballots, weights
