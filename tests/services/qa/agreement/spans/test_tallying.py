"""The spans that answers lead to, whatever their order."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.spans import tally
from services.qa.agreement.terms import Ballot, Draft
from shared.contracts.questions.spans import SpansDetail
from tests.services.qa.agreement.spans.builders import (
    NAMES,
    OVERLAPPING,
    THREE,
    Votes,
    an_answer,
    ballots_of,
    counted,
    votes,
)

ANN, BOB = (0, 3, "name"), (10, 13, "name")


@given(votes(), st.randoms(use_true_random=False))
def test_order_of_ballots_changes_nothing(cast: Votes, chance: Random) -> None:
    question, ballots, weights = cast
    shuffled = chance.sample(ballots, len(ballots))
    assert tally(shuffled, question, weights) == tally(ballots, question, weights)


@given(votes())
def test_the_answer_fits_the_question_and_is_sorted(cast: Votes) -> None:
    question, ballots, weights = cast
    verdict = tally(ballots, question, weights)
    assert question.problem_with(verdict.answer) is None
    assert question.canonical(verdict.answer) == verdict.answer


@given(votes(), st.data())
def test_one_more_who_agrees_never_lowers_the_winner(cast: Votes, data: st.DataObject) -> None:
    question, ballots, weights = cast
    before = tally(ballots, question, weights)
    more = Ballot("a-more", "w-more", before.answer)
    weight = round(data.draw(st.floats(0, 1)), 6)
    after = tally([*ballots, more], question, weights | {"a-more": weight})
    assert after.probability >= before.probability
    for span, probability in before.sure.items():
        assert after.sure.get(span, 0.0) >= probability


def test_all_who_agree_have_their_spans() -> None:
    verdict = counted(NAMES, [ANN, BOB], [ANN, BOB])
    assert verdict.answer == an_answer(ANN, BOB)
    assert verdict.probability == min(*verdict.sure.values(), verdict.gap) > 0.95


def test_the_detail_says_how_sure_each_span_and_the_weakest_gap_is() -> None:
    verdict = counted(NAMES, [ANN], [ANN], [ANN, BOB])
    assert isinstance(verdict.detail, SpansDetail)
    assert [one.start for one in verdict.detail.spans] == [0]
    assert verdict.detail.spans[0].probability > 0.99
    assert 0.5 < verdict.detail.gap == verdict.probability < 0.95


def test_nothing_to_mark_is_an_answer_and_nobody_there_is_none() -> None:
    nothing, nobody = counted(NAMES, [], []), counted(NAMES)
    assert nothing.answer == []
    assert nothing.probability > 0.95
    assert nobody.answer is None
    assert nobody.probability == 0
    assert nobody.detail is None


def test_a_ballot_without_weight_is_not_counted() -> None:
    ballots = ballots_of([ANN], [BOB])
    verdict = tally(ballots, NAMES, {"a-0": 0.9})
    assert verdict.answer == an_answer(ANN)


def test_spans_of_two_labels_share_characters_where_they_may() -> None:
    whole, part = (0, 9, "date"), (3, 5, "name")
    assert counted(OVERLAPPING, [whole, part], [whole, part]).answer == an_answer(whole, part)


def test_the_better_known_of_two_is_believed() -> None:
    ballots = ballots_of([(0, 3, "name")], [(0, 3, "place")])
    for better, label in (("a-0", "name"), ("a-1", "place")):
        weights = {"a-0": 0.6, "a-1": 0.6} | {better: 0.9}
        assert tally(ballots, THREE, weights).answer == an_answer((0, 3, label))


def test_a_draft_counts_as_one_more_and_alone_is_no_answer() -> None:
    ballots = ballots_of([ANN], [])
    weights = {"a-0": 0.5, "a-1": 0.8}
    draft = Draft(an_answer(ANN), 0.9)
    assert tally(ballots, NAMES, weights, None).answer == []
    assert tally(ballots, NAMES, weights, draft).answer == an_answer(ANN)
    assert tally([], NAMES, {}, draft).answer is None
