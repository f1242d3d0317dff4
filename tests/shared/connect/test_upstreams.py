"""A start waits as long as it may, and then names the fix."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.payout.service import build
from services.payout.settings import PayoutSettings
from shared.connect import upstreams
from shared.connect.upstreams import Upstreams, patiently, patiently_for, redis_of
from shared.contracts.errors import SettingError, TransientError
from shared.contracts.topics import Names
from shared.kafka.consumer import Consumer
from shared.process.process import Process
from shared.state.commit import RedisStore
from tests.faults.stores import REFUSALS
from tests.support.captured_logs import logged
from tests.support.cluster import Kafka
from tests.support.processes import make_topics, settings_for


async def _fails(*_: object) -> None:
    raise TransientError("joining the group: not allowed")


async def _hangs(*_: object) -> None:
    await asyncio.Event().wait()


def _none(_: BaseException) -> None:
    """Nothing is refused."""


@pytest.mark.parametrize("act", [_fails, _hangs])
async def test_what_cannot_be_done_in_time_names_the_fix(
    act: Callable[[], Awaitable[None]],
) -> None:
    with pytest.raises(SettingError, match="start it"):
        await patiently_for(act, seconds=0.05, fix="start it", refusal=_none)


async def test_what_succeeds_in_time_is_done_once() -> None:
    tries = 0

    async def second_time() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            await _fails()

    await patiently_for(second_time, seconds=10, fix="start it", refusal=_none)

    assert tries == 2


async def test_what_a_start_waits_for_is_said_once_for_each_cause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    causes = ["nothing listens there"] * 2 + ["no answer"]

    async def fourth_time() -> None:
        if causes:
            raise TransientError(causes.pop(0))

    said = logged(monkeypatch, upstreams)
    await patiently(fourth_time, _none)

    assert [(line["event"], line["cause"]) for line in said] == [
        ("start waits", "nothing listens there"),
        ("start waits", "no answer"),
    ]


@pytest.mark.parametrize("start", [_fails, _hangs])
async def test_a_group_that_cannot_be_joined_ends_the_start(
    kafka: Kafka,
    redis_url: str,
    prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    start: Callable[[object], Awaitable[None]],
) -> None:
    make_topics(kafka, prefix)
    monkeypatch.setattr(Consumer, "start", start)
    settings = settings_for(kafka, redis_url, prefix, start_seconds=3)
    process = Process(settings, lambda *_: build(names=Names(prefix)))

    with pytest.raises(SettingError, match=f"group {settings.group}.*right to read the group"):
        await process.work()
    await process.close()


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_redis_that_answers_and_takes_no_writes_is_told_from_one_that_does(
    redis_url: str, refusal: str
) -> None:
    settings = PayoutSettings(redis_url=redis_url)
    client: Any = redis_of(settings)
    outside = Upstreams(settings, {})
    await RedisStore(client).prepare()
    bring, end = REFUSALS[refusal]
    assert await outside.redis_takes_writes("{payout}")
    await client.execute_command(*bring)
    try:
        assert await outside.redis_answers()
        assert not await outside.redis_takes_writes("{payout}")
    finally:
        await client.execute_command(*end)
    assert await outside.redis_takes_writes("{payout}")
    await outside.close()
    await client.aclose()
