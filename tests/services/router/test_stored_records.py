"""The router's records byte for byte as they were stored: offers with tokens, and the journal.

A token is signed over its bytes, and an outcome that is published a second time must equal the
first one: so neither the order of fields nor how numbers and times are written may change.
"""

from pathlib import Path

from tests.services.router.builders import a_verdict
from tests.services.router.in_memory import Desk, a_desk
from tests.services.router.play import Play
from tests.support.builders import a_policy, a_task
from tests.support.in_memory import digest_of_all
from tests.support.people import accepting, answering, declining

STORED = Path(__file__).with_name("stored_records.txt")


async def every_ending() -> Desk:
    """A desk at which assignments are answered, declined, expired, answered late and withdrawn."""
    desk = await a_desk("w-1", "w-2", "w-3", "w-4")
    desk.published.clear()
    desk.hear(a_task(policy=a_policy(answers_min=4)))
    offers = {name: desk.offer(name) for name in ("w-1", "w-2", "w-3", "w-4")}
    desk.wait(1)
    desk.hear(accepting(offers["w-1"]), accepting(offers["w-4"]))
    desk.hear(answering(offers["w-1"], "dog"), declining(offers["w-2"]))
    await desk.wait(90).sweep()
    desk.hear(answering(offers["w-3"], "cat"))
    desk.hear(a_verdict())
    return desk


async def test_records_are_as_they_were_stored() -> None:
    desk = await every_ending()

    written = [
        f"{sent.topic} {(sent.key or b'').decode()} {(sent.value or b'').decode()}"
        for sent in desk.published
    ]

    assert written == STORED.read_text().splitlines()


DAYS = range(1, 6)
DIGEST_OF_DAYS = "4c3f0b3ed5a3169143ea7ca8afb3131eb7a6281cc0a05d6bc374c8421c971552"
"""Of topic, key, value and headers of every record of these random days, dead letters too.

Take what the test prints where records are meant to change, and say in the changelog how.
"""


async def test_every_record_of_some_random_days_is_as_it_was() -> None:
    desks = [(await Play(seed).run(25)).desk for seed in DAYS]

    published = [sent for desk in desks for sent in (*desk.published, *desk.dead_letters)]
    assert digest_of_all(published) == DIGEST_OF_DAYS
