"""Emptying Redis of one service: its keys and no others; its next start makes its state anew."""

import asyncio
from collections.abc import Sequence
from typing import Any

from shared.access import REDIS_AWAY, RedisAccess
from shared.errors import SettingError
from shared.incarnations import AGREE_SECONDS
from shared.refusals import redis_refusal, why

AT_ONCE = 1000
LOOK_SECONDS = 3 * AGREE_SECONDS
"""A process that runs has written back by then what it keeps up."""
LAST = (b":epoch", b":form")
"""What tells that there is state, and of which form: broken off, the rest is still known by it."""


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
            " start it, or correct its address"
        ) from failure
    finally:
        await client.aclose()


async def _runs(client: Any, kept_up: str) -> bool:
    """Whether a process writes back a key that each keeps up."""
    await client.delete(kept_up)
    await asyncio.sleep(LOOK_SECONDS)
    return bool(await client.exists(kept_up))


async def _delete(client: Any, service: str) -> int:
    found = [
        key
        for pattern in (f"{{{service}}}:*", f"{{{service}:*")
        async for key in client.scan_iter(match=pattern, count=AT_ONCE)
    ]
    keys = sorted(set(found), key=lambda key: key.endswith(LAST))
    for first in range(0, len(keys), AT_ONCE):
        await _together(client, keys[first : first + AT_ONCE])
    return len(keys)


async def _together(client: Any, keys: Sequence[bytes]) -> None:
    pipeline = client.pipeline(transaction=False)
    for key in keys:
        pipeline.delete(key)
    await pipeline.execute()
