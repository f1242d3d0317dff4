"""Ways side by side: what has one key goes one way, and no way is done before all are."""

from zlib import crc32

from shared.topics import EARNINGS
from tests.shared.piping import World, an_answer_on

FIRST, SECOND = (
    next(name for name in (f"t-{n}" for n in range(99)) if crc32(name.encode()) % 2 == way)
    for way in (0, 1)
)
PUBLISHED = f"publish to {EARNINGS.name}"


def test_nothing_is_settled_before_all_is_published() -> None:
    for failing in range(6):
        world = World(ways=2)
        world.tries_failing = failing
        world.handle(*(an_answer_on(world.broker, task) for task in (FIRST, SECOND)))

        assert world.did == [PUBLISHED, PUBLISHED, "settle", "settle"]


def test_what_crashed_before_is_taken_when_nothing_else_is_on_its_way() -> None:
    world = World("crashed before", ways=2)
    world.handle(*(an_answer_on(world.broker, task) for task in (FIRST, SECOND)))

    assert world.did == [PUBLISHED, "alone", PUBLISHED, "settle", "settle", "settle"]


def test_records_of_one_key_go_one_way() -> None:
    for tasks, ways in (((FIRST, FIRST), 1), ((FIRST, SECOND), 2)):
        world = World(ways=2)
        world.handle(*(an_answer_on(world.broker, task) for task in tasks))

        assert world.did.count("settle") == ways
