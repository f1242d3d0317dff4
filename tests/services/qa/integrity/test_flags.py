"""A sign is proposed once: with the lesson that makes it strong enough."""

import random

from services.qa.agreement.reliability import Reliability
from services.qa.integrity import Sign, crossed
from tests.services.qa.integrity.crowds import at_random, worker_of


def test_a_sign_is_proposed_with_the_lesson_that_makes_it_strong_enough() -> None:
    found: list[Sign] = []
    before = Reliability()
    for answers in range(1, 200):
        after = worker_of(at_random, seed=5, answers=answers, options=4)
        names = {*before.counters, *after.counters}
        lesson = {name: after.count(name) - before.count(name) for name in names}
        found += crossed(before, lesson)
        before = after

    assert [sign.name for sign in found][:1] == ["guessing"]
    assert len(found) <= 3  # it may fall below again, and then be proposed anew


def test_lessons_that_say_nothing_new_propose_nothing() -> None:
    worker = worker_of(at_random, seed=1, options=4)

    assert crossed(worker, {}) == []


def test_the_same_sums_in_another_order_are_the_same_evidence() -> None:
    worker = worker_of(at_random, seed=1, options=4)
    names = list(worker.counters)
    random.Random(1).shuffle(names)

    shuffled = Reliability({name: worker.count(name) for name in names})
    assert crossed(Reliability(), shuffled.counters) == crossed(Reliability(), worker.counters)
