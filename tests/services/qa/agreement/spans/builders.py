"""Ballots, weights and strategies that the tests of agreement on spans share."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import strategies as st

from services.qa.agreement.spans import SpansTally, tally
from services.qa.agreement.terms import Ballot
from shared.contracts.question import Answer
from shared.contracts.questions.spans import Span, SpansQuestion, as_answer

LENGTH = 30
NAMES = SpansQuestion(labels=("name",), length=LENGTH)
THREE = SpansQuestion(labels=("date", "name", "place"), length=LENGTH)
OVERLAPPING = SpansQuestion(labels=("date", "name"), overlap=True, length=LENGTH)

Marked = Sequence[tuple[int, int, str]]
Votes = tuple[SpansQuestion, list[Ballot[Answer]], dict[str, float]]


def an_answer(*spans: tuple[int, int, str]) -> Answer:
    """Spans as a worker app sends them."""
    return as_answer(Span(*span) for span in spans)


def ballots_of(*answers: Marked) -> list[Ballot[Answer]]:
    """One ballot per answer, each of a worker of their own."""
    return [
        Ballot(f"a-{number}", f"w-{number}", an_answer(*spans))
        for number, spans in enumerate(answers)
    ]


def counted(question: SpansQuestion, *answers: Marked, weight: float = 0.8) -> SpansTally:
    """What answers of people of one weight lead to."""
    ballots = ballots_of(*answers)
    return tally(ballots, question, {one.assignment_id: weight for one in ballots})


@st.composite
def marks(draw: st.DrawFn, question: SpansQuestion) -> Answer:
    """An answer that fits the question."""
    kept: list[Span] = []
    for labels in question.layers:
        borders = draw(st.lists(st.integers(0, LENGTH), max_size=10, unique=True).map(sorted))
        pairs = pairwise(borders)
        of_layer = [Span(*pair, draw(st.sampled_from(labels))) for pair in pairs]
        kept += [span for span in of_layer if draw(st.booleans())]
    return as_answer(sorted(kept))


@st.composite
def votes(draw: st.DrawFn, least: int = 1) -> Votes:
    """A question, ballots about it, and their weights."""
    question = draw(st.sampled_from([NAMES, THREE, OVERLAPPING]))
    answers = draw(st.lists(marks(question), min_size=least, max_size=6))
    ballots = [Ballot(f"a-{at}", f"w-{at}", answer) for at, answer in enumerate(answers)]
    weights = {one.assignment_id: round(draw(st.floats(0, 1)), 6) for one in ballots}
    return question, ballots, weights
