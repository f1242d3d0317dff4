"""A verdict on a choice is explained by odds that add up to its own."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from services.qa.agreement.choice import tally
from services.qa.agreement.choice.learned import LearnedAgreement
from services.qa.agreement.terms import Ballot
from shared.contracts.events.used import Used
from shared.contracts.questions.choice import ChoiceQuestion
from tests.sentuh.explain.reached import a_recount, assert_adds_up

OPTIONS = ("a", "b", "c")
casts = st.lists(st.tuples(st.sampled_from(OPTIONS), st.floats(0.01, 0.99)), max_size=7)


@settings(max_examples=60)
@given(casts, st.integers(1, 3))
def test_what_is_named_changes_it(cast: list[tuple[str, float]], options: int) -> None:
    question = ChoiceQuestion(OPTIONS[:options])
    ballots = [Ballot(f"a-{at}", f"w-{at}", answer) for at, (answer, _) in enumerate(cast)]
    weights = {f"a-{at}": weight for at, (_, weight) in enumerate(cast)}

    assert_adds_up(a_recount(question, ballots, weights))


def test_what_golds_have_taught_is_counted_again() -> None:
    ballots = [Ballot(f"a-{at}", f"w-{at}", answer) for at, answer in enumerate("aab")]
    weights = {"a-0": 0.6, "a-1": 0.9, "a-2": 0.8}
    prior = {"a": 0.2, "b": 0.5, "c": 0.3}
    outcome = tally(ballots, OPTIONS, weights, LearnedAgreement(damping=0.45, prior=prior))
    plain = a_recount(ChoiceQuestion(OPTIONS), ballots, weights)
    taught = {"answer": outcome.answer, "used": Used(damping=0.45, prior=prior, typical=0.8)}
    recount = replace(plain, verdict=plain.verdict.model_copy(update=taught))

    made = recount.made(recount.votes)
    assert made is not None
    assert (made.answer, made.probability) == (outcome.answer, outcome.probability)
    assert made != plain.made(plain.votes)


def test_the_one_vote_that_carries_it_is_named() -> None:
    ballots = [Ballot(f"a-{at}", f"w-{at}", answer) for at, answer in enumerate("aab")]
    recount = a_recount(ChoiceQuestion(OPTIONS), ballots, {"a-0": 0.6, "a-1": 0.9, "a-2": 0.8})
    left_out, otherwise, further = assert_adds_up(recount)

    assert left_out.assignments == ("a-1",)
    assert left_out.told == "Without w-1 it would be “b”, 57 % sure."
    assert otherwise.assignments == ("a-1",)
    assert otherwise.told == "Had w-1 said “b”, it would be “b”, 91 % sure."
    assert further.number == 1
    assert further.told.startswith("Had 1 more answer said “b”, believed like w-1, it would have")


def test_what_a_further_answer_could_not_change_is_said() -> None:
    ballots = [Ballot(f"a-{at}", f"w-{at}", "a") for at in range(5)]
    recount = a_recount(ChoiceQuestion(OPTIONS), ballots, {f"a-{at}": 0.9 for at in range(5)})
    *_, further = assert_adds_up(recount)

    assert (further.number, further.flips) == (2, False)
    assert "believed like w-0, it would have stood, " in further.told
