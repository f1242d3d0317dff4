"""What Redis holds, against what the journals come to."""

from collections.abc import Iterator, Mapping
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from sentuh.audit.history import History
from sentuh.audit.money import Account
from sentuh.audit.money import balances as booked
from sentuh.audit.report import Violation
from shared.errors import SettingError

ACCOUNTS = "{payout:*}:account:*"
AMOUNT = "amount_minor"
SCAN_COUNT = 1000


async def balances(url: str) -> Mapping[Account, int]:
    """What payout holds on each account; SettingError where the server cannot be asked."""
    client: Any = Redis.from_url(url, decode_responses=True)
    try:
        keys = [key async for key in client.scan_iter(ACCOUNTS, count=SCAN_COUNT)]
        return {_account(key): int(await client.hget(key, AMOUNT) or 0) for key in keys}
    except (RedisError, OSError) as failure:
        raise SettingError(
            f"--redis {url.rpartition('@')[2]} does not answer ({type(failure).__name__}):"
            " start it, or correct its address"
        ) from failure
    finally:
        await client.aclose()


def redis_agrees(history: History, kept: Mapping[Account, int]) -> Iterator[Violation]:
    """Each account holds what the entries of its lines come to."""
    sums = booked(history)
    for account in sorted({**sums, **kept}):
        said, held = sums.get(account, 0), kept.get(account, 0)
        if said != held:
            yield Violation(f"{account[1]} in {account[0]}", f"journal {said}, Redis {held}")


def _account(key: str) -> Account:
    """Pool and name: `{payout:main}:account:worker/w-1/payable/USD`."""
    slot, _, name = key.partition("}:account:")
    return slot.removeprefix("{payout:"), name
