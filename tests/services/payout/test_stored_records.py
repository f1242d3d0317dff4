"""Payout's records byte for byte as they were: no outcome that is replayed may differ."""

from random import Random

from shared.contracts.events.model import Event
from tests.services.payout.in_memory import PAYOUT, a_verdict
from tests.support.builders import after, an_answer
from tests.support.in_memory import InMemory, digest_of_all

DIGEST_OF_DAYS = "8815c7d48828ebbaa5654ddd7ac9eff7092c9f45adeac12e4f5ccea3beb573f6"
"""Of topic, key, value and headers of every record of some random days.

Take what the test prints where records are meant to change, and say in the changelog how.
"""


def _day(seed: int) -> InMemory:
    """Return a payout after a random day of answers and verdicts, in batches."""
    chance, running = Random(seed), InMemory(PAYOUT)
    tasks = [f"t-{number}" for number in range(6)]
    for minute in range(40):
        running.now = after(60 * minute)
        events: list[Event] = [
            an_answer(
                f"w-{chance.randrange(9)}", task_id=chance.choice(tasks), late=minute % 5 == 0
            )
            for _ in range(chance.randrange(4))
        ]
        if chance.random() < 0.3:
            by = chance.choice(("people", "model"))
            events.append(a_verdict(task_id=chance.choice(tasks), by=by))
        running.hear_at_once(events)
    return running


def test_every_record_of_some_random_days_is_as_it_was() -> None:
    published = [sent for seed in range(5) for sent in _day(seed).published]

    assert digest_of_all(published) == DIGEST_OF_DAYS
