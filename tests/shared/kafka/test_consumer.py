"""Nothing is lost on the way in: hostile headers, offsets behind handling, rebalances."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiokafka.producer import message_accumulator
from aiokafka.producer import producer as producer_module
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from shared.contracts.errors import EpochGone
from shared.contracts.topics import RESPONSES, ROUTER_TIMERS
from shared.kafka import internals
from shared.kafka.batches import Fate
from shared.pattern.limits import Limits
from tests.shared.kafka.consuming import Running, Script, consuming
from tests.support.cluster import Kafka
from tests.support.processes import committed, make_topics, producing, until


@pytest.fixture
def topic(kafka: Kafka, prefix: str) -> str:
    make_topics(kafka, prefix, [RESPONSES, ROUTER_TIMERS])
    return prefix + RESPONSES.name


async def fill(kafka: Kafka, topic: str, count: int, *, first: int = 0) -> None:
    async with producing(kafka) as producer:
        sent = [
            await producer.send(topic, str(number).encode(), key=f"t-{number}".encode())
            for number in range(first, first + count)
        ]
        await asyncio.gather(*sent)


class _NoText(str):
    """A header name that goes out as bytes that are no UTF-8."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        return b"\xff\xfe"


async def test_hostile_headers_lose_no_record(
    kafka: Kafka, prefix: str, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    internals.read_any_header_name()
    for module in (message_accumulator, producer_module):
        monkeypatch.setattr(module, "DefaultRecordBatchBuilder", _DefaultRecordBatchBuilderPy)
    hostile: list[list[tuple[str, Any]]] = [
        [("fine", b"1")],
        [("null", None)],
        [("binary", b"\xff\xfe")],
        [(_NoText("name"), b"1")],
        [("reply_to", b"earnings")],
        [("content-type", b"application/x-pickle")],
        [("fine", b"1")],
    ]
    async with producing(kafka) as producer:
        batch = [
            await producer.send(topic, b"v", partition=0, headers=headers) for headers in hostile
        ]
        await asyncio.gather(*batch)
    script = Script()
    async with consuming(kafka, prefix, script) as running:
        await until(lambda: script.handled == len(hostile))
        group = running.settings.group
        await until(lambda: _all_committed(kafka, group, topic, len(hostile)))

    assert [record.offset for record in script.taken] == list(range(len(hostile)))
    assert script.taken[1].headers == (("null", b""),)
    assert script.taken[3].headers == (("\ufffd\ufffd", b"1"),)
    assert running.registry.get_sample_value("sentuh_payout_reply_headers_total") == 1


async def _all_committed(kafka: Kafka, group: str, topic: str, count: int) -> bool:
    return await committed(kafka, group, topic, RESPONSES.partitions) == count


async def test_offsets_move_only_after_handling(kafka: Kafka, prefix: str, topic: str) -> None:
    await fill(kafka, topic, 50)
    script = Script()
    script.going.clear()
    async with consuming(kafka, prefix, script) as running:
        await until(lambda: script.taken)
        assert await committed(kafka, running.settings.group, topic, RESPONSES.partitions) == 0
        script.going.set()
        await until(lambda: _all_committed(kafka, running.settings.group, topic, 50))

    assert len({(record.place, record.offset) for record in script.taken}) == 50


@pytest.mark.parametrize("trouble", [Fate.READ_AGAIN, RuntimeError("a bug")], ids=str)
async def test_what_was_not_handled_is_read_again(
    kafka: Kafka, prefix: str, topic: str, trouble: Fate | Exception
) -> None:
    await fill(kafka, topic, 30)
    script = Script(trouble)
    async with consuming(kafka, prefix, script) as running:
        await until(lambda: _all_committed(kafka, running.settings.group, topic, 30))

    assert script.handled >= 30
    assert len({(record.place, record.offset) for record in script.taken}) == 30


async def test_a_bug_in_noting_what_was_lost_drops_no_batch(
    kafka: Kafka, prefix: str, topic: str
) -> None:
    await fill(kafka, topic, 30)
    script = Script()
    async with consuming(kafka, prefix, script) as running:
        noted, bugs = running.consumer._unread.noted, [RuntimeError("a bug")]

        async def failing_once(*, revoked: Callable[[], bool]) -> None:
            if bugs:
                raise bugs.pop()
            await noted(revoked=revoked)

        running.consumer._unread.noted = failing_once  # type: ignore[method-assign]
        await until(lambda: _all_committed(kafka, running.settings.group, topic, 30))

    assert not bugs
    assert len({(record.place, record.offset) for record in script.taken}) == 30


async def test_at_no_step_of_the_loop_more_counts_as_handled_than_was(
    kafka: Kafka, prefix: str, topic: str
) -> None:
    await fill(kafka, topic, 3_000)
    script = Script()
    ahead: list[tuple[int, int]] = []
    async with consuming(kafka, prefix, script, batch_max=7) as running:
        steps = asyncio.create_task(_every_step(running, script, ahead))
        await until(lambda: script.handled == 3_000)
        steps.cancel()

    assert not ahead


async def _every_step(running: Running, script: Script, ahead: list[tuple[int, int]]) -> None:
    while True:
        claimed, done = running.consumer.progress.handled(), script.handled
        if claimed > done:
            ahead.append((claimed, done))
        await asyncio.sleep(0)


async def test_the_watermark_moves_while_nothing_comes(
    kafka: Kafka, prefix: str, topic: str
) -> None:
    async with consuming(kafka, prefix, Script()) as running:
        await until(lambda: len(running.held()) == 6)
        since = datetime.now(UTC)
        await until(lambda: all(running.marks.read_until(n) > since for n in range(6)))

        assert all(running.marks.read_until(n) < datetime.now(UTC) for n in range(6))


async def test_the_watermark_waits_for_what_is_in_flight(
    kafka: Kafka, prefix: str, topic: str
) -> None:
    script = Script()
    async with consuming(kafka, prefix, script) as running:
        await until(lambda: all(running.marks.read_until(n).year > 2000 for n in range(6)))
        script.going.clear()
        async with producing(kafka) as producer:
            await producer.send_and_wait(topic, b"v", partition=3)
        sent = datetime.now(UTC)
        await until(lambda: script.taken)
        await until(lambda: running.marks.read_until(4) > sent + timedelta(seconds=1))
        held_back = running.marks.read_until(3)
        script.going.set()
        await until(lambda: running.marks.read_until(3) > sent)

    assert held_back <= sent


@pytest.mark.real_kafka
async def test_a_rebalance_waits_for_the_batch_in_flight(
    kafka: Kafka, prefix: str, topic: str
) -> None:
    first, second = Script(), Script()
    async with consuming(kafka, prefix, first, publish_seconds=3, epoch_quiet_seconds=6) as one:
        first.going.clear()
        await fill(kafka, topic, 60)
        await until(lambda: first.taken)
        joining = asyncio.create_task(_join_and_read(kafka, prefix, second, one, 60))
        await asyncio.wait([joining], timeout=1.0)
        assert not joining.done()
        assert not first.revoked[0]()
        first.going.set()
        await joining

    seen = [(record.place, record.offset) for record in (*first.taken, *second.taken)]
    assert len(seen) == len(set(seen)) == 60


async def _join_and_read(
    kafka: Kafka, prefix: str, script: Script, other: Running, count: int
) -> None:
    more: dict[str, Any] = {"publish_seconds": 3, "epoch_quiet_seconds": 6}
    async with consuming(kafka, prefix, script, **more) as running:
        await until(lambda: len(running.held()) == len(other.held()) == 3)
        group = running.settings.group
        topic = prefix + RESPONSES.name
        await until(lambda: _all_committed(kafka, group, topic, count))


LONG = Limits(gather_seconds=600, gather_idle_seconds=600)


async def test_who_stops_acknowledges_what_was_gathered(
    kafka: Kafka, prefix: str, topic: str
) -> None:
    await fill(kafka, topic, 30)
    script = Script(limits=LONG)
    async with consuming(kafka, prefix, script) as running:
        await until(lambda: script.handled == 30)
        group = running.settings.group
        assert await committed(kafka, group, topic, RESPONSES.partitions) == 0

    assert script.settled == 1
    assert await committed(kafka, group, topic, RESPONSES.partitions) == 30


@pytest.mark.real_kafka
async def test_at_a_rebalance_what_was_gathered_is_acknowledged_and_not_read_again(
    kafka: Kafka, prefix: str, topic: str
) -> None:
    await fill(kafka, topic, 60)
    first, second = Script(limits=LONG), Script()
    async with consuming(kafka, prefix, first, publish_seconds=3, epoch_quiet_seconds=6) as one:
        await until(lambda: first.handled == 60)
        await _join_and_read(kafka, prefix, second, one, 60)

    seen = [(record.place, record.offset) for record in (*first.taken, *second.taken)]
    assert len(seen) == len(set(seen)) == 60


async def test_what_could_not_be_settled_is_read_again_though_nothing_more_comes(
    kafka: Kafka, prefix: str, topic: str
) -> None:
    script = Script()
    script.unsettling = EpochGone("{payout:main}")
    await fill(kafka, topic, 1)
    async with consuming(kafka, prefix, script) as running:
        await until(lambda: script.handled == 2)
        await until(lambda: _all_committed(kafka, running.settings.group, topic, 1))

    assert [record.offset for record in script.taken] == [0, 0]


@pytest.mark.real_kafka
async def test_a_batch_that_does_not_end_is_revoked(kafka: Kafka, prefix: str, topic: str) -> None:
    first, second = Script(Fate.READ_AGAIN), Script()
    first.going.clear()
    await fill(kafka, topic, 60)
    async with consuming(kafka, prefix, first) as one:
        await until(lambda: first.taken)
        async with consuming(kafka, prefix, second) as other:
            await until(first.revoked[0])
            first.going.set()
            await until(lambda: len(one.held()) == len(other.held()) == 3)
            await until(lambda: _all_committed(kafka, one.settings.group, topic, 60))

    assert len({(r.place, r.offset) for r in (*first.taken, *second.taken)}) == 60


@pytest.mark.real_kafka
async def test_who_stops_leaves_the_group_at_once(kafka: Kafka, prefix: str, topic: str) -> None:
    more: dict[str, Any] = {"session_seconds": 30, "epoch_quiet_seconds": 40}
    async with consuming(kafka, prefix, Script(), **more) as stays:
        async with consuming(kafka, prefix, Script(), **more) as goes:
            await until(lambda: len(stays.held()) == len(goes.held()) == 3)
        await until(lambda: len(stays.held()) == 6)


async def test_a_watch_that_died_is_no_life(kafka: Kafka, prefix: str, topic: str) -> None:
    async with consuming(kafka, prefix, Script()) as running:
        await until(lambda: len(running.held()) == 6)
        alive = running.consumer.alive()

        def broken() -> None:
            raise RuntimeError

        running.consumer.progress.look = broken  # type: ignore[method-assign]
        await until(lambda: not running.consumer.alive())

    assert alive
