"""The functions together: a simulated workforce judged online, each verdict teaching the next."""

import pytest

from bench.crowds import simulated
from bench.replay import Outcome, replay
from services.qa.agreement.terms import AnswersWanted

RULE = AnswersWanted(min=2, max=5, goal=0.95)


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return [replay(simulated(seed), RULE, seed) for seed in (1, 2, 3)]


def test_verdicts_beat_majority_on_the_same_answers(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        assert outcome.accuracy > outcome.majority / len(outcome.verdicts)


def test_a_quarter_of_the_answers_is_saved(outcomes: list[Outcome]) -> None:
    assert all(outcome.used < 0.8 * outcome.labels for outcome in outcomes)


def test_verdicts_claim_no_more_than_they_keep(outcomes: list[Outcome]) -> None:
    assert all(outcome.stated <= outcome.accuracy + 0.02 for outcome in outcomes)


def test_same_seed_same_verdicts() -> None:
    one, two = (replay(simulated(4, tasks=100), RULE, 4) for _ in range(2))
    assert one.verdicts == two.verdicts
