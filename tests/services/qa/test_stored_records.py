"""Qa's records byte for byte as they were: probabilities and weights to their last digit."""

import re
from random import Random

from shared.contracts.events.model import Event
from shared.contracts.topics import RATINGS
from tests.services.qa.in_memory import QA
from tests.support.builders import a_closing, a_policy, a_task, after, an_answer
from tests.support.in_memory import InMemory, digest_of_all

DIGEST_OF_DAYS = "93255b4eb7be786d07b1d4d534a8be8271cfd088eeb61dc6fd931441d302202c"
"""Of topic, key, value and headers of every record of some random days.

Take what the test prints where records are meant to change, and say in the changelog how.
"""
DIGEST_OF_RATINGS = "7a9b0945288011cee65b78a1d305e54d1323022b96d3a0f95f869c4688dcf182"
"""Of every record of the ratings in these days."""
_LATER = re.compile(rb',"(rated":\[[^]]*\]|calibrated":false|(used|taught)":\{[^}]*\})')
WORKERS = [f"w-{number}" for number in range(7)]


def _day(seed: int) -> InMemory:
    """Return a qa after a random day of tasks, answers and closings, in batches.

    What each verdict teaches of its workers decides the weights of the verdicts after it.
    """
    chance, running = Random(seed), InMemory(QA)
    for minute in range(60):
        running.now = after(60 * minute)
        policy = a_policy(answers_min=chance.randint(1, 4), answers_max=6, confidence=0.97)
        events: list[Event] = [a_task(f"t-{minute}", policy=policy)]
        for _ in range(chance.randrange(6)):
            task_id = f"t-{max(0, minute - chance.randrange(4))}"
            said = chance.choice(("cat", "cat", "dog", "fish"))
            events.append(
                an_answer(chance.choice(WORKERS), said, task_id=task_id, late=chance.random() < 0.1)
            )
        if minute > 5:
            events.append(a_closing(task_id=f"t-{minute - 5}"))
        chance.shuffle(events)
        running.hear_at_once(events)
    return running


def test_every_record_of_some_random_days_is_as_it_was() -> None:
    """Ratings stand apart, and what task types learn: else a verdict is what it was before."""
    published = [sent for seed in range(5) for sent in _day(seed).published]
    ratings = [sent for sent in published if sent.topic == RATINGS.name]
    others = [
        sent._replace(value=_LATER.sub(b"", sent.value or b""))
        for sent in published
        if sent.topic != RATINGS.name
    ]

    assert digest_of_all(others) == DIGEST_OF_DAYS
    assert digest_of_all(ratings) == DIGEST_OF_RATINGS
