"""Ballots and strategies that the tests of this agreement share."""

from collections.abc import Sequence

from hypothesis import strategies as st

from services.qa.agreement.preference import PreferenceTally, tally, weigh
from services.qa.agreement.reliability import Population, Reliability
from services.qa.agreement.terms import Ballot
from shared.contracts.question import Answer
from shared.contracts.questions.preference import NONE_OF_THEM, PreferenceQuestion, answer_of

IDS = ("c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8")
NEWCOMER, NOBODY = Reliability(), Population()
ONE, OTHER = "c1 > c2", "c2 > c1"

Cast = tuple[PreferenceQuestion, list[Ballot[Answer]], dict[str, float]]


def a_question(
    candidates: int = 2, *, ties: bool = False, none: bool = False
) -> PreferenceQuestion:
    """A comparison of so many candidates."""
    return PreferenceQuestion(candidates=IDS[:candidates], ties=ties, none=none)


def an_answer(words: str) -> Answer:
    """Read an answer: `c2 > c1 = c3`, or `none`."""
    if words == "none":
        return NONE_OF_THEM
    return answer_of(place.split(" = ") for place in words.split(" > "))


def ballots_of(*answers: str) -> list[Ballot[Answer]]:
    """One ballot for each answer, each of a worker of their own."""
    return [Ballot(f"a-{n}", f"w-{n}", an_answer(answer)) for n, answer in enumerate(answers)]


def newcomers_say(question: PreferenceQuestion, *answers: str) -> PreferenceTally:
    """Count answers of workers nobody knows, on a task type nobody has answered."""
    ballots = ballots_of(*answers)
    weights = {b.assignment_id: weigh(b.answer, question, NEWCOMER, NOBODY) for b in ballots}
    return tally(ballots, question, weights)


def weights_of(ballots: Sequence[Ballot[Answer]], *weights: float) -> dict[str, float]:
    """Give the ballots these weights, in order."""
    return {b.assignment_id: weight for b, weight in zip(ballots, weights, strict=True)}


@st.composite
def answers_to(draw: st.DrawFn, question: PreferenceQuestion) -> Answer:
    """Any answer to the question."""
    if question.none and draw(st.integers(0, 4)) == 0:
        return NONE_OF_THEM
    order = draw(st.permutations(question.candidates))
    places = [[order[0]]]
    for one in order[1:]:
        if question.ties and draw(st.booleans()):
            places[-1].append(one)
        else:
            places.append([one])
    return question.canonical({"ranking": [list[Answer](place) for place in places]})


@st.composite
def casts(draw: st.DrawFn, most: int = 5) -> Cast:
    """A question, ballots, and their weights."""
    question = a_question(
        draw(st.integers(2, most)), ties=draw(st.booleans()), none=draw(st.booleans())
    )
    answers = draw(st.lists(answers_to(question), min_size=1, max_size=8))
    ballots = [Ballot(f"a-{n}", f"w-{n}", answer) for n, answer in enumerate(answers)]
    weights = [round(draw(st.floats(0.02, 0.97)), 6) for _ in ballots]
    return question, ballots, weights_of(ballots, *weights)
