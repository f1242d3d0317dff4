"""Side by side: records of one key go to one pipeline, and none settles before all published."""

from collections.abc import Sequence
from zlib import crc32

import pytest

from shared.contracts.errors import EpochGone, Revoked, TransientError
from shared.contracts.record import Outgoing, Record
from shared.contracts.topics import DEAD_LETTERS, EARNINGS
from tests.shared.pattern.piping import World, an_answer_on

FIRST, SECOND = (
    next(name for name in (f"t-{n}" for n in range(99)) if crc32(name.encode()) % 2 == way)
    for way in (0, 1)
)
PUBLISHED = f"publish to {EARNINGS.name}"


def test_nothing_is_settled_before_all_is_published() -> None:
    for failing in range(6):
        world = World(pipelines=2)
        world.tries_failing = failing
        world.handle(*(an_answer_on(world.broker, task) for task in (FIRST, SECOND)))

        assert world.did == [PUBLISHED, PUBLISHED, "settle"]


def test_what_crashed_before_is_taken_when_nothing_else_is_on_its_way() -> None:
    world = World("crashed before", pipelines=2)
    world.handle(*(an_answer_on(world.broker, task) for task in (FIRST, SECOND)))

    assert world.did == [PUBLISHED, "alone", PUBLISHED, "settle", "settle"]


@pytest.mark.parametrize(("tasks", "loads"), [((FIRST, FIRST), 1), ((FIRST, SECOND), 2)])
def test_records_of_one_key_go_to_one_pipeline(tasks: Sequence[str], loads: int) -> None:
    world = World(pipelines=2)
    answers = [an_answer_on(world.broker, task, f"w-{n}") for n, task in enumerate(tasks)]
    world.handle(*answers)

    assert world.did == [PUBLISHED] * 2 + ["settle"]
    assert world.loads == loads


def test_a_small_batch_goes_to_one_pipeline() -> None:
    world = World(pipelines=2, side_by_side_min=3)
    world.handle(*(an_answer_on(world.broker, task) for task in (FIRST, SECOND)))

    assert world.did == [PUBLISHED, PUBLISHED, "settle"]


def test_where_slots_are_fixed_records_of_one_slot_go_to_one_pipeline() -> None:
    world = World(pipelines=2, is_fixed=True)
    world.handle(*(an_answer_on(world.broker, task) for task in (FIRST, SECOND)))

    assert world.loads == 1


def test_a_batch_whose_pipelines_saw_two_epochs_is_dropped_and_moves_no_marker() -> None:
    """One pipeline waits to publish a dead letter while the other publishes, and the epoch goes."""
    world = World(pipelines=2)
    good = an_answer_on(world.broker, FIRST)
    bad = Record(good.topic, good.partition, 90, good.key, b"no JSON", good.headers, 0)

    def a_new_epoch_meanwhile(record: Outgoing) -> bool:
        if record.topic != DEAD_LETTERS["payout"].name or world.server.open[world.slot] == "new":
            return False
        if PUBLISHED in world.did:
            world.server.open[world.slot] = world.server.slot(world.slot).epoch = "new"
        return True

    world.holds_up = a_new_epoch_meanwhile
    with pytest.raises(EpochGone):
        world.handle(good, an_answer_on(world.broker, SECOND), bad)
    assert not world.server.slot(world.slot).twin.items().get(f"{world.slot}:markers")


class Elsewhere:
    """What reading takes, away for some tries."""

    def __init__(self, tries_failing: int) -> None:
        self.tries = 0
        self.tries_failing = tries_failing

    async def get_for(self, _: Sequence[Record]) -> None:
        self.tries += 1
        if self.tries <= self.tries_failing:
            raise TransientError("it is away")


def test_what_reading_takes_is_waited_for_before_anything_is_read() -> None:
    elsewhere = Elsewhere(tries_failing=4)
    world = World(before_reading=elsewhere.get_for)
    bad = an_answer_on(world.broker)._replace(value=b"no JSON")
    world.handle(an_answer_on(world.broker), bad)

    assert elsewhere.tries == 5
    assert world.metric("waits") == 4
    assert world.metric("published", topic=EARNINGS.name) == 1


def test_a_batch_that_waits_for_what_reading_takes_is_given_up_once_it_is_anothers() -> None:
    elsewhere = Elsewhere(tries_failing=99)
    world = World(before_reading=elsewhere.get_for)

    async def handle() -> None:
        with pytest.raises(Revoked):
            await world.pipelines.handle(
                [an_answer_on(world.broker)], revoked=lambda: elsewhere.tries > 2
            )

    world.run(handle())
    assert elsewhere.tries == 3
    assert world.did == []
