"""Two pieces of work at the same time come both to their ends."""

import asyncio

import pytest

from shared.pattern.together import together


async def test_both_run_at_once() -> None:
    said: asyncio.Queue[str] = asyncio.Queue()
    heard: list[str] = []

    async def say() -> None:
        await said.put("hello")

    async def hear() -> None:
        heard.append(await said.get())

    await together(hear(), say())

    assert heard == ["hello"]


async def test_a_failure_is_raised_once_the_other_has_ended() -> None:
    ended = []

    async def fail() -> None:
        raise ValueError("wrong")

    async def go_on() -> None:
        await asyncio.sleep(0.01)
        ended.append(1)

    with pytest.raises(ValueError, match="wrong"):
        await together(fail(), go_on())

    assert ended
