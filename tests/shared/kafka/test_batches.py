"""What is handled is acknowledged once it is settled, in order, or it comes again."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest

from shared.contracts.errors import EpochGone, Revoked
from shared.contracts.record import Record, TopicPartition
from shared.kafka.batches import Batches, Fate
from shared.pattern.batch import Batch, nothing
from shared.pattern.gather import Gather
from shared.pattern.limits import Limits
from tests.support.assignments import Forever

LIMITS = Limits(gather_units_max=1_000)


def records(first: int, count: int = 1) -> list[Record]:
    """Records of one partition, from this offset on."""
    return [Record("tasks", 0, first + n, b"k", b"{}", (), 0) for n in range(count)]


class Life:
    """Batches over pipelines that do nothing; `did` is what they were asked, in their order, and
    `noted` what they were told is acknowledged.

    `meets` is raised by the next batch, `settling` by the next settlement, `retries` is how many
    batches begin as those of a process that died do. Time passes only where somebody sleeps.
    """

    limits = LIMITS

    def __init__(self) -> None:
        self.did: list[str] = []
        self.noted: list[int] = []
        self.now = 100.0
        self.meets: Exception | None = None
        self.settling: Exception | None = None
        self.throwing: Exception | None = None
        self.settle_takes = 0.0
        self.retries = 0
        self.meanwhile: Callable[[], Awaitable[Any]] = nothing
        pretends: Any = self
        self.batches = Batches(pretends, pretends, pretends)

    # --- the pipelines
    async def handle(
        self, records: Sequence[Record], *, before_retry: Callable[[], Awaitable[None]], **_: Any
    ) -> list[Batch]:
        if self.retries:
            self.retries -= 1
            await before_retry()
        meets, self.meets = self.meets, None
        if meets:
            raise meets
        self.did.append(f"handle {records[0].offset}")
        return []

    async def settle(self, gather: Gather, **_: Any) -> float:
        confirmed_at, self.now = self.now, self.now + self.settle_takes
        await self.meanwhile()
        settling, self.settling = self.settling, None
        if settling:
            raise settling
        self.did.append(f"settle {max(gather.offsets.values())}")
        return confirmed_at

    def acknowledged(self, gather: Gather) -> None:
        self.noted += gather.offsets.values()

    async def throw_away(self, gather: Gather) -> None:
        throwing, self.throwing = self.throwing, None
        if throwing:
            raise throwing
        self.did.append(f"throw away {max(gather.offsets.values())}")

    # --- the catch-up
    def met(self, _: str) -> bool:
        return True

    async def whole(self, _: object) -> bool:
        self.did.append("catch up")
        return True

    # --- the clock
    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


class Acknowledging(Forever):
    """An assignment that says in `did` when offsets were acknowledged."""

    def __init__(self, life: Life, *fates: Fate) -> None:
        super().__init__()
        self._life = life
        self._fates = list(fates)
        self.has_ended = False

    def is_over(self) -> bool:
        return self.has_ended

    async def acknowledge(self, offsets: Mapping[TopicPartition, int]) -> Fate:
        self._life.did.append(f"acknowledge {max(offsets.values())}")
        return self._fates.pop(0) if self._fates else Fate.GO_ON


async def test_batches_are_settled_and_then_acknowledged_as_one() -> None:
    life = Life()
    held = Acknowledging(life)
    for first in (0, 1, 2):
        assert await life.batches.take(records(first), held) is Fate.GO_ON
    assert await life.batches.flush() is Fate.GO_ON

    assert life.did == ["handle 0", "handle 1", "handle 2", "settle 3", "acknowledge 3"]
    assert await life.batches.flush() is Fate.GO_ON
    assert len(life.did) == 5


async def test_what_rests_is_acknowledged_soon() -> None:
    life = Life()
    await life.batches.take(records(0), Acknowledging(life))
    began = life.now
    await life.batches.flush_when_due()

    assert life.did[1:] == ["settle 1", "acknowledge 1"]
    assert life.now - began == pytest.approx(LIMITS.gather_idle_seconds)


async def test_what_goes_on_and_on_is_acknowledged_in_time() -> None:
    life = Life()
    held, began = Acknowledging(life), life.now
    for first in range(100):
        await life.batches.take(records(first), held)
        if life.did[-1].startswith("acknowledge"):
            break
        life.now += 0.125

    assert life.now - began == LIMITS.gather_seconds


@pytest.mark.parametrize("failure", [EpochGone("{qa:main}"), Revoked()])
async def test_what_cannot_be_settled_is_thrown_away_and_nothing_behind_it_acknowledged(
    failure: Exception,
) -> None:
    life = Life()
    held = Acknowledging(life)
    life.settling = failure

    async def one_more() -> None:
        life.meanwhile = nothing
        await life.batches.take(records(1), held)

    life.meanwhile = one_more
    await life.batches.take(records(0), held)

    assert await life.batches.flush() is Fate.READ_AGAIN
    assert await life.batches.flush() is Fate.READ_AGAIN
    assert await life.batches.starts_over()
    assert not await life.batches.starts_over()
    assert life.did == ["handle 0", "handle 1", "throw away 1", "throw away 2"]
    await life.batches.take(records(0), held)
    assert await life.batches.flush() is Fate.GO_ON
    assert life.did[-1] == "acknowledge 1"


async def test_a_batch_after_a_flush_that_failed_is_not_handled() -> None:
    life = Life()
    held = Acknowledging(life, Fate.READ_AGAIN)
    await life.batches.take(records(0), held)
    await life.batches.flush_when_due()
    did = len(life.did)

    assert await life.batches.take(records(1), held) is Fate.READ_AGAIN
    assert len(life.did) == did
    assert await life.batches.take(records(0), held) is Fate.GO_ON


async def test_what_was_settled_too_long_ago_is_not_acknowledged() -> None:
    life = Life()
    held = Acknowledging(life)
    life.settle_takes = LIMITS.publish_seconds + 1
    await life.batches.take(records(0), held)

    assert await life.batches.flush() is Fate.READ_AGAIN
    assert life.did == ["handle 0", "settle 1"]


async def test_under_another_assignment_what_was_gathered_before_is_thrown_away() -> None:
    life = Life()
    await life.batches.take(records(0), Acknowledging(life))
    await life.batches.take(records(5), Acknowledging(life))
    await life.batches.flush()

    assert life.did == ["handle 0", "throw away 1", "handle 5", "settle 6", "acknowledge 6"]


async def test_partitions_that_were_taken_away_are_not_acknowledged() -> None:
    life = Life()
    held = Acknowledging(life)
    await life.batches.take(records(0), held)
    held.has_ended = True

    assert await life.batches.flush() is Fate.READ_AGAIN
    assert life.did == ["handle 0", "settle 1"]


async def test_before_lost_state_is_rebuilt_what_was_gathered_is_acknowledged() -> None:
    life = Life()
    held = Acknowledging(life)
    await life.batches.take(records(0), held)
    life.meets = EpochGone("{qa:new}")

    assert await life.batches.take(records(1), held) is Fate.READ_AGAIN
    assert life.did == ["handle 0", "settle 1", "acknowledge 1", "catch up"]


async def test_a_bug_in_a_batch_brings_back_no_other_batch() -> None:
    life = Life()
    held = Acknowledging(life)
    await life.batches.take(records(0), held)
    life.meets = RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        await life.batches.take(records(1), held)
    assert life.did == ["handle 0", "settle 1", "acknowledge 1"]


async def test_a_bug_while_settling_ends_nothing_and_is_read_again() -> None:
    life = Life()
    held = Acknowledging(life)
    await life.batches.take(records(0), held)
    life.settling = RuntimeError("a bug")

    assert await life.batches.flush() is Fate.READ_AGAIN
    assert await life.batches.take(records(1), held) is Fate.READ_AGAIN
    assert life.did == ["handle 0"]


async def test_after_a_bug_while_throwing_away_it_is_still_read_again() -> None:
    life = Life()
    held = Acknowledging(life, Fate.READ_AGAIN)
    await life.batches.take(records(0), held)
    life.meanwhile = lambda: life.batches.take(records(1), held)
    await life.batches.flush()
    life.throwing = RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        await life.batches.starts_over()
    assert await life.batches.starts_over()


async def test_a_partition_is_done_as_far_as_it_is_acknowledged_and_no_further() -> None:
    life = Life()
    held = Acknowledging(life, Fate.READ_AGAIN)
    await life.batches.take(records(0), held)
    await life.batches.flush()
    assert life.noted == []

    await life.batches.starts_over()
    await life.batches.take(records(0), held)
    await life.batches.flush()
    assert life.noted == [1]


async def test_after_a_crash_each_batch_is_acknowledged_by_itself() -> None:
    life = Life()
    held = Acknowledging(life)
    await life.batches.take(records(0), held)
    life.retries = 1
    await life.batches.take(records(1), held)
    await life.batches.take(records(2), held)

    assert life.did == [
        *("handle 0", "settle 1", "acknowledge 1"),
        *("handle 1", "settle 2", "acknowledge 2"),
        *("handle 2", "settle 3", "acknowledge 3"),
    ]


async def test_a_batch_is_not_retried_while_others_cannot_be_acknowledged() -> None:
    life = Life()
    held = Acknowledging(life, Fate.READ_AGAIN)
    await life.batches.take(records(0), held)
    life.retries = 1

    assert await life.batches.take(records(1), held) is Fate.READ_AGAIN
    assert life.did == ["handle 0", "settle 1", "acknowledge 1"]
