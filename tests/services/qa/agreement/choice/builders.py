"""Ballots, counters and strategies the tests of agreement share."""

from collections.abc import Sequence

from hypothesis import strategies as st

from services.qa.agreement.choice import Tally, tally, weigh
from services.qa.agreement.reliability import Population, Reliability
from services.qa.agreement.terms import Ballot

OPTIONS = ("cat", "dog", "emu", "fox", "gnu", "hen", "ibis", "jay", "koi", "lynx")
NEWCOMER = Reliability()
NOBODY = Population()

Votes = tuple[tuple[str, ...], list[Ballot[str]], dict[str, float]]


def ballots_of(*answers: str) -> list[Ballot[str]]:
    """One ballot per answer, each of a worker of their own."""
    return [Ballot(f"a-{n}", f"w-{n}", answer) for n, answer in enumerate(answers)]


def newcomers_say(*answers: str, of: int) -> Tally:
    """Count answers of workers nobody knows, on a task type nobody has answered."""
    options = OPTIONS[:of]
    ballots = ballots_of(*answers)
    weights = {b.assignment_id: weigh(b.answer, options, NEWCOMER, NOBODY) for b in ballots}
    return tally(ballots, options, weights)


def weights_of(ballots: Sequence[Ballot[str]], *weights: float) -> dict[str, float]:
    """Give the ballots these weights, in order."""
    return {b.assignment_id: weight for b, weight in zip(ballots, weights, strict=True)}


@st.composite
def votes(draw: st.DrawFn) -> Votes:
    """Options, ballots for them, and their weights."""
    options = OPTIONS[: draw(st.integers(2, len(OPTIONS)))]
    answers = draw(st.lists(st.sampled_from(options), min_size=1, max_size=9))
    ballots = ballots_of(*answers)
    weights = [round(draw(st.floats(0.02, 0.97)), 6) for _ in ballots]
    return options, ballots, weights_of(ballots, *weights)
