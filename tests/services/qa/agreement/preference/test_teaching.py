"""Lessons: each ranking against the others', as Kendall's tau has it."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.qa.agreement.preference import lessons, tally
from services.qa.agreement.preference.weighing import evidence_of_some, outcomes
from services.qa.agreement.terms import Ballot
from tests.services.qa.agreement.preference.builders import (
    ONE,
    OTHER,
    Cast,
    a_question,
    ballots_of,
    casts,
    weights_of,
)


def taught(
    answers: list[str], candidates: int, *, ties: bool = False, none: bool = False
) -> list[int]:
    question, ballots = a_question(candidates, ties=ties, none=none), ballots_of(*answers)
    counted = tally(ballots, question, weights_of(ballots, *[0.9] * len(ballots)))
    learned = lessons(counted, ballots)
    return [learned[ballot.worker_id].get("agreed_milli", 0) for ballot in ballots]


def test_who_agrees_with_two_others_is_taken_for_right_and_who_does_not_for_wrong() -> None:
    *alike, alone = taught([ONE, ONE, ONE, OTHER], 2)

    assert min(alike) > 900
    assert alone < 50


def test_a_ranking_agrees_by_the_share_of_pairs() -> None:
    *_, near, far = taught(["c1 > c2 > c3"] * 4 + ["c1 > c3 > c2", "c3 > c2 > c1"], 3)

    assert near == pytest.approx(667, abs=20)
    assert far < 20


def test_equal_to_some_and_apart_to_others_is_half_right() -> None:
    *_, tied = taught([ONE, ONE, ONE, "c1 = c2"], 2, ties=True)

    assert tied == pytest.approx(500, abs=20)


def test_who_says_none_against_the_others_is_wrong() -> None:
    *_, alone = taught([ONE, ONE, ONE, "none"], 2, none=True)

    assert alone < 50
    assert min(taught(["none", "none", "none"], 2, none=True)) > 900


def test_one_answer_has_nobody_to_agree_with() -> None:
    assert lessons(tally(ballots_of(ONE), a_question(), {"a-0": 0.9}), ballots_of(ONE)) == {}


def test_a_worker_with_two_ballots_is_taught_by_both() -> None:
    ballots = [Ballot("a-0", "w", ballots_of(ONE)[0].answer)]
    ballots += [Ballot("a-1", "w", ballots[0].answer), Ballot("a-2", "v", ballots[0].answer)]
    counted = tally(ballots, a_question(), weights_of(ballots, 0.9, 0.9, 0.9))

    assert lessons(counted, ballots)["w"]["answers"] == 2


@given(casts(), st.randoms(use_true_random=False))
def test_lessons_are_integers_within_bounds_in_any_order(cast: Cast, chance: Random) -> None:
    question, ballots, weights = cast
    counted = tally(ballots, question, weights)
    learned = lessons(counted, ballots)

    assert learned == lessons(counted, chance.sample(ballots, len(ballots)))
    for counts in learned.values():
        assert counts["answers"] == 1
        assert 0 <= counts.get("agreed_milli", 0) <= 1000


@given(st.integers(2, 3))
def test_who_knows_nothing_speaks_neither_for_some_nor_for_none(more: int) -> None:
    said = outcomes(a_question(ties=more == 3, none=True))

    assert evidence_of_some(1 / said, said) == pytest.approx(0, abs=1e-12)
    assert evidence_of_some(0.9, said) > 0
