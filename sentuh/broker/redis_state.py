"""Emptying Redis of one service: its keys and no others; its next start makes its state anew."""

import asyncio
from collections.abc import Sequence
from typing import Any

from shared.connect.access import REDIS_AWAY, RedisAccess
from shared.connect.refusals import redis_refusal, why
from shared.contracts.errors import SettingError
from shared.kafka.incarnations import AGREE_SECONDS

AT_ONCE = 1000
LOOK_SECONDS = 3 * AGREE_SECONDS
"""A process that runs has written back by then what it keeps up."""
CLOSED = "emptied"
"""An epoch that no process holds: a slot with it is caught up before it is used."""


async def empty(access: RedisAccess, service: str) -> int:
    """Delete every key of a service whose processes are all stopped; returns how many there were.

    SettingError where one still runs, and then nothing is lost; or where Redis cannot be asked.
    """
    client: Any = access.client()
    try:
        if await _runs(client, f"{{{service}}}:incarnations"):
            raise SettingError(
                f"a process of {service} still runs on Redis at {access.where}: stop all of them,"
                " then empty it; nothing was deleted"
            )
        return await _delete(client, service)
    except REDIS_AWAY as failure:
        raise redis_refusal(access, failure) or SettingError(
            f"SENTUH_REDIS_URL: Redis at {access.where} does not answer ({why(failure)}):"
            f" start it, or correct its address, and run this again before {service} is started"
        ) from failure
    finally:
        await client.aclose()


async def _runs(client: Any, kept_up: str) -> bool:
    """Whether a process writes back a key that each keeps up."""
    await client.delete(kept_up)
    await asyncio.sleep(LOOK_SECONDS)
    return bool(await client.exists(kept_up))


async def _delete(client: Any, service: str) -> int:
    """Broken off anywhere, what is left is made whole from the journal's beginning, or refused for
    its form: epochs are closed first, then it is forgotten how far the journal was read; what tells
    that there is state, and of which form, goes last, and of that the root's.
    """
    found = {
        key
        for pattern in (f"{{{service}}}:*", f"{{{service}:*")
        async for key in client.scan_iter(match=pattern, count=AT_ONCE)
    }
    turns: tuple[list[bytes], ...] = ([], [], [], [])
    for key in sorted(found):
        turns[_turn(key, service)].append(key)
    await _together(client, [("SET", key, CLOSED) for key in found if key.endswith(b":epoch")])
    for turn in turns:
        for first in range(0, len(turn), AT_ONCE):
            await _together(client, [("DEL", key) for key in turn[first : first + AT_ONCE]])
    return len(found)


def _turn(key: bytes, service: str) -> int:
    if key.endswith(b":markers"):
        return 0
    if not key.endswith((b":epoch", b":form")):
        return 1
    return 3 if key.startswith(f"{{{service}}}".encode()) else 2


async def _together(client: Any, commands: Sequence[tuple[str | bytes, ...]]) -> None:
    pipeline = client.pipeline(transaction=False)
    for command in commands:
        pipeline.execute_command(*command)
    await pipeline.execute()
