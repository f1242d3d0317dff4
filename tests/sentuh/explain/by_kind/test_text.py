"""A verdict on free text is explained by who wrote the same, and adds up."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.qa.agreement.terms import Ballot
from shared.contracts.question import Answer
from shared.contracts.questions.text import TextQuestion
from tests.sentuh.explain.reached import a_recount, assert_adds_up

casts = st.lists(st.tuples(st.sampled_from("abc"), st.floats(0.01, 0.99)), max_size=6)


def ballots_of(*texts: str) -> list[Ballot[Answer]]:
    """One ballot for each text, each of a writer of their own."""
    return [Ballot(f"a-{at}", f"w-{at}", {"text": text}) for at, text in enumerate(texts)]


@settings(max_examples=40)
@given(casts)
def test_what_is_named_changes_it(cast: list[tuple[str, float]]) -> None:
    ballots = ballots_of(*(f"a text {text}" for text, _ in cast))
    weights = {f"a-{at}": round(weight, 6) for at, (_, weight) in enumerate(cast)}

    assert_adds_up(a_recount(TextQuestion(), ballots, weights))


def test_the_writer_who_carries_it_is_named() -> None:
    ballots = ballots_of("good morning", "good day")
    told = assert_adds_up(a_recount(TextQuestion(), ballots, {"a-0": 0.9, "a-1": 0.8}))

    assert told[0].told == "Without w-0 it would be “good day”, 80 % sure."
