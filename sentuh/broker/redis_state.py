"""Deletes the state that one service keeps in Redis, and shows what it noted as lost unread."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from sentuh.broker.connection import connected
from shared.connect.access import RedisAccess
from shared.contracts.errors import SettingError
from shared.kafka.incarnations import AGREE_SECONDS
from shared.kafka.losses import Loss, losses_in, lost_key

_NAMED = "SENTUH_REDIS_URL: Redis at"
COMMANDS_MAX = 1000
"""Number of commands that one round trip to Redis carries at most."""
LOOK_SECONDS = 3 * AGREE_SECONDS
"""Seconds within which each running process writes a key again that shows that it runs."""
CLOSED = "emptied"
"""Value written to an epoch key, so that it names no epoch a process knows. A service first
rebuilds the state beside such a key.
"""


async def empty(access: RedisAccess, service: str) -> int:
    """Delete every key of a service whose processes are all stopped; return the number of keys.

    Raises SettingError if a process of the service still runs, in which case no state is deleted,
    or if Redis does not answer or refuses the login. Takes some seconds, to see whether a process
    runs. Example: `await empty(RedisAccess("redis://localhost:6379/0"), "payout")`.
    """
    then = f", and run this again before {service} is started"
    async with connected(access, named=_NAMED, then=then) as client:
        if await _runs(client, f"{{{service}}}:incarnations"):
            raise SettingError(
                f"a process of {service} still runs on Redis at {access.where}: stop all of them,"
                " then empty it; nothing was deleted"
            )
        return await _delete(client, service)


async def losses(access: RedisAccess, service: str, *, forget: bool = False) -> list[Loss]:
    """Return what topics lost before the service read it; with `forget` take it out of Redis.

    Raises SettingError if Redis does not answer or refuses the login. Example: `[]` where nothing
    was lost, or all of it was forgotten.
    """
    key = lost_key(f"{{{service}}}")
    async with connected(access, named=_NAMED) as client:
        lost = losses_in(await client.hgetall(key))
        if forget and lost:
            # Only what is shown: one that is noted meanwhile stays.
            await client.hdel(key, *[loss.field for loss in lost])
    return lost


async def _runs(client: Any, renewed_key: str) -> bool:
    """Return whether a process of the service runs; takes LOOK_SECONDS.

    Deletes the key `renewed_key`, which every running process writes again and again, and looks
    whether it has come back. A stopped service does not miss the key: its next start writes it.
    Example: with a running payout process, `{payout}:incarnations` is back after LOOK_SECONDS.
    """
    await client.delete(renewed_key)
    await asyncio.sleep(LOOK_SECONDS)
    return bool(await client.exists(renewed_key))


async def _delete(client: Any, service: str) -> int:
    """Delete all keys of the service, in an order that is safe to interrupt; return their number.

    First all epoch keys are overwritten, so that a service started after an interruption rebuilds
    its state instead of using half of it. Example: `{payout:main}:markers` is deleted before
    `{payout:main}:job:t-1`, and `{payout}:form` last.
    """
    keys = sorted(
        {
            key
            for pattern in (f"{{{service}}}:*", f"{{{service}:*")
            async for key in client.scan_iter(match=pattern, count=COMMANDS_MAX)
        }
    )
    # Epochs are closed before anything is deleted: a service that starts after a break catches up
    # each slot from its topics instead of working with half of its state.
    await _together(client, [("SET", key, CLOSED) for key in keys if key.endswith(b":epoch")])
    for group in _in_order(keys, service):
        for first in range(0, len(group), COMMANDS_MAX):
            await _together(client, [("DEL", key) for key in group[first : first + COMMANDS_MAX]])
    return len(keys)


def _in_order(keys: Iterable[bytes], service: str) -> Sequence[Sequence[bytes]]:
    """Group the keys in the order in which they may be deleted, the first group first.

    The groups are: the markers (how far each partition was handled), the state itself, the keys
    that hold the epoch and the state version of each pool of workers, and those of the service as a
    whole. Example: for payout, `{payout:main}:markers` is in the first group, and `{payout}:form`,
    which holds the service's state version, in the last.
    """
    markers: list[bytes] = []
    state: list[bytes] = []
    pools: list[bytes] = []
    root: list[bytes] = []
    for key in keys:
        if key.endswith(b":markers"):
            # Before the state: a marker says how far the journal was read, and a catch-up that
            # trusted one would not read again the records whose effects are deleted.
            markers.append(key)
        elif not key.endswith((b":epoch", b":form")):
            state.append(key)
        elif not key.startswith(f"{{{service}}}".encode()):
            pools.append(key)
        else:
            # After all others: the form says in which version the state is written, and a start
            # refuses a version it does not know only as long as this key is there.
            root.append(key)
    return markers, state, pools, root


async def _together(client: Any, commands: Sequence[tuple[str | bytes, ...]]) -> None:
    """Send these commands in one round trip; Redis runs them one by one, not as a transaction."""
    pipeline = client.pipeline(transaction=False)
    for command in commands:
        pipeline.execute_command(*command)
    await pipeline.execute()
