"""Weights: one reliability of a worker for all options."""

from services.qa.agreement.choices import weigh
from services.qa.agreement.choices.weighing import evidence
from services.qa.agreement.reliability import Reliability
from tests.services.qa.agreement.choices.builders import NEWCOMER, NOBODY, asked


def test_a_weight_is_how_often_the_worker_is_right() -> None:
    good = Reliability({"answers": 90, "agreed_milli": 90_000})

    assert weigh(["dark"], asked(), NEWCOMER, NOBODY) == 0.82
    assert weigh([], asked(), good, NOBODY) == 0.97


def test_who_is_wrong_more_often_than_chance_says_nothing() -> None:
    weight = weigh(["dark"], asked(), Reliability({"answers": 500}), NOBODY)

    assert weight == 0.5
    assert evidence(weight) == 0
