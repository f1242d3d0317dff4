"""What fails while a record is handled is counted by its call, and the record handled all the same.

That nothing is lost or done twice meanwhile is the simulation's affair.
"""

from collections.abc import Mapping, Sequence

import pytest

from shared.contracts.record import Record
from shared.contracts.topics import EARNINGS
from shared.pattern.limits import Limits
from tests.shared.pattern.piping import World, an_answer_on


@pytest.mark.parametrize(
    ("ill", "failures"),
    [
        ([], {}),
        (["slow commit"], {"publish": 1}),
        (["publish"], {"publish": 1}),
        (["settle"], {"settle": 1}),
        (["crashed before", "settle"], {"settle": 1}),
    ],
)
def test_what_fails_is_counted_and_the_record_handled(
    ill: Sequence[str], failures: Mapping[str, float]
) -> None:
    world = World(*ill)
    world.handle(an_answer_on(world.broker))

    assert world.failures() == failures
    assert world.metric("published", topic=EARNINGS.name) == 1


def test_kafka_may_be_away_for_any_number_of_tries() -> None:
    world = World()
    world.tries_failing = tries = 3 * Limits().rounds_max
    world.handle(an_answer_on(world.broker))

    assert world.failures() == {"publish": tries}
    assert world.metric("published", topic=EARNINGS.name) == 1


def test_a_dead_letter_that_kafka_does_not_take_is_counted() -> None:
    world = World("publish")
    good = an_answer_on(world.broker)
    headers, at = good.headers, good.timestamp_ms
    world.handle(Record(good.topic, good.partition, 7, good.key, b"no JSON", headers, at))

    assert world.failures() == {"publish": 1}


def test_a_first_batch_over_many_pools_counts_no_crash() -> None:
    """Each delivery meets the next pool that was never used: that is no reason to go one by one."""
    world, pools = World(), [f"p-{number}" for number in range(4)]
    records = [an_answer_on(world.broker, pool=pool) for pool in pools]

    met = [world.meet(*records) for _ in pools]

    assert met == [f"{{payout:{pool}}}" for pool in pools]
    assert not any(slot.attempts for slot in world.server.slots.values())
    assert world.meet(*records) is None
