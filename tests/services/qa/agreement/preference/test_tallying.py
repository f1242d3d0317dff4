"""Tally: what is best follows by Bayes' rule, whatever the order of ballots."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement import choice
from services.qa.agreement.evidence import evidence
from services.qa.agreement.preference import lessons, tally, weigh
from services.qa.agreement.preference.weighing import outcomes
from services.qa.agreement.reliability import Population, Reliability
from services.qa.agreement.terms import Ballot
from shared.contracts.questions.preference import NONE_OF_THEM, places_of
from tests.services.qa.agreement.preference import one_by_one
from tests.services.qa.agreement.preference.builders import (
    IDS,
    NEWCOMER,
    NOBODY,
    ONE,
    OTHER,
    Cast,
    a_question,
    an_answer,
    ballots_of,
    casts,
    newcomers_say,
    weights_of,
)


@given(casts(most=4))
def test_it_is_what_every_set_counted_by_itself_gives(cast: Cast) -> None:
    question, ballots, weights = cast
    counted = tally(ballots, question, weights)
    shares = one_by_one.best_of_all(ballots, question, weights)
    several = sum(share for best, share in shares.items() if len(best) > 1)

    assert counted.detail.best == pytest.approx(
        {one: shares[frozenset({one})] for one in question.candidates}, abs=1e-6
    )
    assert (counted.detail.tie or 0.0) == pytest.approx(several, abs=1e-6)
    assert (counted.detail.none or 0.0) == pytest.approx(shares[frozenset()], abs=1e-6)
    assert counted.probability == pytest.approx(max(shares.values()), abs=1e-6)


@given(st.lists(st.sampled_from([ONE, OTHER]), max_size=9), st.data())
def test_two_candidates_without_ties_give_what_a_choice_gives(
    answers: list[str], data: st.DataObject
) -> None:
    ballots = ballots_of(*answers)
    votes = [
        Ballot(b.assignment_id, b.worker_id, one[:2])
        for b, one in zip(ballots, answers, strict=True)
    ]
    weights = weights_of(ballots, *(data.draw(st.floats(0.02, 0.97)) for _ in ballots))

    compared = tally(ballots, a_question(), weights)
    chosen = choice.tally(votes, IDS[:2], weights)

    assert compared.detail.best == dict(chosen.distribution)
    assert compared.probability == chosen.probability
    first = compared.answer and compared.answer["ranking"][0]  # type: ignore[index,call-overload]
    assert first == (None if chosen.answer is None else [chosen.answer])
    taught = choice.lessons(chosen, votes)
    for worker, counts in lessons(compared, ballots).items():
        assert counts == {name: taught[worker][name] for name in counts}


@given(st.integers(0, 500), st.floats(0, 1))
def test_two_candidates_are_weighed_as_the_options_of_a_choice_are(
    count: int, share: float
) -> None:
    population = Population(count, round(1000 * count * share))
    weight = weigh(an_answer(ONE), a_question(), NEWCOMER, population)

    assert weight == choice.weigh("c1", IDS[:2], NEWCOMER, population)


@given(casts(), st.randoms(use_true_random=False))
def test_order_of_ballots_changes_nothing(cast: Cast, chance: Random) -> None:
    question, ballots, weights = cast
    shuffled = chance.sample(ballots, len(ballots))

    assert tally(shuffled, question, weights) == tally(ballots, question, weights)


@pytest.mark.parametrize(("ties", "none"), [(False, False), (True, False), (True, True)])
def test_whoever_is_no_better_than_chance_speaks_against_nothing(*, ties: bool, none: bool) -> None:
    question = a_question(ties=ties, none=none)
    guesser = Reliability({"answers": 1000})

    assert evidence(weigh(ONE, question, guesser, NOBODY), outcomes(question)) >= 0


@given(casts(), st.data())
def test_one_more_who_agrees_never_lowers_the_winner(cast: Cast, data: st.DataObject) -> None:
    question, ballots, weights = cast
    before = tally(ballots, question, weights)
    usual = 1 / (2 + question.ties + question.none)
    more = Ballot("b-more", "w-more", before.answer)
    after = tally(
        [*ballots, more], question, weights | {"b-more": data.draw(st.floats(usual, 0.97))}
    )

    assert after.probability >= before.probability
    assert _first(after.answer) == _first(before.answer)


@given(casts())
def test_the_probabilities_come_to_1(cast: Cast) -> None:
    question, ballots, weights = cast
    detail = tally(ballots, question, weights).detail

    whole = sum(detail.best.values()) + (detail.tie or 0.0) + (detail.none or 0.0)
    assert whole == pytest.approx(1, abs=1e-5)
    assert (detail.tie is None, detail.none is None) == (not question.ties, not question.none)


@given(casts(most=8))
def test_the_answer_answers_the_question(cast: Cast) -> None:
    question, ballots, weights = cast
    counted = tally(ballots, question, weights)

    assert question.problem_with(counted.answer) is None
    assert question.canonical(counted.answer) == counted.answer


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        (["c1 > c2 > c3", "c1 > c3 > c2", "c1 > c2 > c3"], "c1 > c2 > c3"),
        (["c1 > c2 > c3", "c2 > c1 > c3", "c3 > c2 > c1"], "c2 > c1 > c3"),
        (["c2 > c1 = c3", "c2 > c1 = c3", "c2 > c3 > c1"], "c2 > c1 = c3"),
        (["c1 = c2 > c3", "c1 = c2 > c3", "c1 > c2 > c3"], "c1 = c2 > c3"),
        (["none", "none", "c1 > c2 > c3"], "none"),
        (["none", "c1 > c3 > c2", "c1 > c2 > c3"], "c1 > c3 > c2"),
    ],
)
def test_table(answers: list[str], verdict: str) -> None:
    counted = newcomers_say(a_question(3, ties=True, none=True), *answers)

    assert counted.answer == an_answer(verdict)


@pytest.mark.parametrize("candidates", [2, 3, 8])
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("none", [False, True])
def test_three_newcomers_who_agree_are_enough(candidates: int, *, ties: bool, none: bool) -> None:
    question = a_question(candidates, ties=ties, none=none)
    alike = " > ".join(question.candidates)

    assert newcomers_say(question, *[alike] * 3).probability >= 0.95
    assert newcomers_say(question, alike).probability < 0.95


def test_a_circle_has_no_winner() -> None:
    counted = newcomers_say(a_question(3), "c1 > c2 > c3", "c2 > c3 > c1", "c3 > c1 > c2")

    assert counted.detail.best == pytest.approx(dict.fromkeys(IDS[:3], 1 / 3), abs=1e-6)
    assert counted.answer == an_answer("c1 > c2 > c3")


def test_of_equals_the_answer_is_that_of_the_lowest_assignment_id() -> None:
    ballots = [Ballot("a-2", "w-1", an_answer(ONE)), Ballot("a-1", "w-2", an_answer(OTHER))]
    counted = tally(ballots, a_question(), weights_of(ballots, 0.8, 0.8))

    assert counted.answer == an_answer(OTHER)
    assert counted.probability == 0.5


def test_no_ballot_is_no_answer() -> None:
    counted = tally([], a_question(4), {})

    assert counted.answer is None
    assert counted.probability == 0.25


def test_a_ballot_without_weight_says_nothing() -> None:
    ballots = ballots_of(ONE, ONE, OTHER)
    weights = {"a-0": 0.8, "a-1": 0.7}

    assert tally(ballots, a_question(), weights) == tally(ballots[:2], a_question(), weights)


def test_more_evidence_than_a_float_can_hold_is_sure_and_no_more() -> None:
    question = a_question(8, ties=True, none=True)
    ballots = ballots_of(*[" > ".join(IDS), " > ".join(reversed(IDS))] * 30, " > ".join(IDS))
    counted = tally(ballots, question, dict.fromkeys((b.assignment_id for b in ballots), 0.9999))

    assert counted.answer == an_answer(" > ".join(IDS))
    assert counted.probability > 0.99
    ballots = ballots_of("c1 > c2 > c3", "c2 > c3 > c1", "c3 > c1 > c2")
    many = [Ballot(f"{n}-{b.assignment_id}", "w", b.answer) for n in range(90) for b in ballots]
    weights = dict.fromkeys((b.assignment_id for b in many), 0.9999)
    assert tally(many, a_question(3), weights).probability == pytest.approx(1 / 3, abs=1e-6)


def test_none_is_an_answer_where_most_say_so() -> None:
    counted = newcomers_say(a_question(none=True), "none", "none", "none")

    assert counted.answer == NONE_OF_THEM
    assert counted.detail.none == counted.probability >= 0.95


def _first(answer: object) -> set[str] | None:
    places = places_of(answer)  # type: ignore[arg-type]
    return None if places is None else {one for one, at in places.items() if at == 0}
