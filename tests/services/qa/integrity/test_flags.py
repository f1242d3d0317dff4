"""A worker is proposed once: with the lessons that make a sign strong enough."""

import random

from services.qa.agreement.reliability import Reliability
from services.qa.integrity import FLAGGED_MIN, flag_field, flagged
from tests.services.qa.integrity.crowds import at_random, right_at, worker_of

GUESSER = worker_of(at_random, seed=1, options=4)


def test_a_worker_is_proposed_with_the_lessons_that_make_it_plain_and_never_again() -> None:
    (one,) = flagged({"w-1": Reliability()}, {"w-1": GUESSER.counters})

    assert (one.worker_id, one.sign, one.answers) == ("w-1", "guessing", GUESSER.answers)
    assert one.evidence >= FLAGGED_MIN
    before = Reliability({**GUESSER.counters, flag_field("guessing"): 1})
    assert flagged({"w-1": before}, {"w-1": {}}) == ()


def test_it_is_made_up_for_where_no_verdict_saw_it_cross() -> None:
    # Two verdicts side by side read the counters before, and neither saw both lessons.
    assert flagged({"w-1": GUESSER}, {"w-1": {}})


def test_an_answer_that_others_agree_with_makes_nothing_plain() -> None:
    agreed = {"answers": 1, "agreed_milli": 900, "said:o1": 1, "likely_milli:o1": 900}

    assert flagged({"w-1": GUESSER}, {"w-1": agreed}) == ()
    assert flagged({"w-1": GUESSER}, {"w-1": agreed | {"agreed_milli": 100}})


def test_whoever_takes_care_or_is_not_loaded_is_not_proposed() -> None:
    careful = worker_of(right_at(0.8), seed=1, options=4)

    assert flagged({"w-1": careful}, {"w-1": {}}) == ()
    assert flagged({}, {"w-1": GUESSER.counters}) == ()


def test_the_same_sums_in_another_order_are_the_same_evidence() -> None:
    names = list(GUESSER.counters)
    random.Random(1).shuffle(names)
    shuffled = {name: GUESSER.count(name) for name in names}
    nobody = {"w-1": Reliability()}

    assert flagged(nobody, {"w-1": shuffled}) == flagged(nobody, {"w-1": GUESSER.counters})
