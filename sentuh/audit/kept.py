"""What Redis holds, against what the journals come to: balances and verdicts."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sentuh.audit.history import History
from sentuh.audit.money import Account, balances
from sentuh.audit.report import Violation
from shared.access import REDIS_AWAY, RedisAccess
from shared.errors import SettingError
from shared.refusals import redis_refusal, why

SCAN_COUNT = 1000
KEPT = timedelta(days=30)
"""So long at least an ended task is remembered."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was held at a moment: minor units by account, why each task's verdict was reached."""

    at: datetime
    accounts: Mapping[Account, int]
    verdicts: Mapping[tuple[str, str], str]


async def read_kept(where: RedisAccess | str) -> Kept:
    """What the services hold; SettingError where the server cannot be asked."""
    access = RedisAccess.of(where)
    client: Any = access.client(decode_responses=True)
    try:
        accounts = {key: held async for key, held in _fields(client, "payout:account:amount_minor")}
        verdicts = {key: held async for key, held in _fields(client, "qa:task:verdict")}
    except REDIS_AWAY as failure:
        raise redis_refusal(access, failure) or SettingError(
            f"--redis {access.where} does not answer ({why(failure)}):"
            " start it, or correct its address"
        ) from failure
    finally:
        await client.aclose()
    amounts = {account: int(amount) for account, amount in accounts.items()}
    return Kept(datetime.now(UTC), amounts, verdicts)


def redis_agrees(history: History, kept: Kept) -> Iterator[Violation]:
    """Each account holds what its entries come to, each task the verdict that was reached."""
    sums = balances(history)
    for account in sorted({**sums, **kept.accounts}):
        said, held = sums.get(account, 0), kept.accounts.get(account, 0)
        if said != held:
            yield Violation(f"{account[1]} in {account[0]}", f"journal {said}, Redis {held}")
    for task_id, verdict in history.verdicts.items():
        reached = kept.verdicts.get((verdict.pool, task_id))
        forgotten = reached is None and verdict.at < kept.at - KEPT
        if reached != verdict.stop_reason and not forgotten:
            detail = f"verdict {verdict.stop_reason} in the journal, {reached} in Redis"
            yield Violation(task_id, detail)
    for pool, task_id in sorted(kept.verdicts.keys() - _reached(history)):
        yield Violation(task_id, f"Redis holds a verdict of pool {pool}, the journal has none")


def _reached(history: History) -> set[tuple[str, str]]:
    return {(verdict.pool, task_id) for task_id, verdict in history.verdicts.items()}


async def _fields(client: Any, where: str) -> AsyncIterator[tuple[tuple[str, str], str]]:
    """Pool, name and field of every hash `{<service>:<pool>}:<noun>:<name>` that has the field."""
    service, noun, field = where.split(":")
    async for key in client.scan_iter(f"{{{service}:*}}:{noun}:*", count=SCAN_COUNT, _type="HASH"):
        slot, _, name = key.partition(f"}}:{noun}:")
        held = await client.hget(key, field)
        if held is not None:
            yield (slot.removeprefix(f"{{{service}:"), name), held
