"""What Redis holds, against what the journals come to: balances and verdicts.

Work may go on meanwhile. What a journal told before Redis was read is in what was held; each record
that was told after may be in it or not.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sentuh.audit.history import History, Spot
from sentuh.audit.money import Account, balances, lines
from sentuh.audit.report import Violation
from shared.access import REDIS_AWAY, RedisAccess
from shared.errors import SettingError
from shared.events.verdicts import VerdictReached
from shared.record import Place
from shared.refusals import redis_refusal, why
from shared.topics import VERDICTS

SCAN_COUNT = 1000
SKEW = timedelta(seconds=5)
"""So far apart clocks of services and auditor may be."""
KEPT = timedelta(days=30)
"""So long at least an ended task is remembered."""


@dataclass(frozen=True, slots=True)
class Journals:
    """What the journals say, read on until after Redis was read; `ends` are those before it."""

    history: History
    ends: Mapping[Place, int]

    def is_later(self, spot: Spot) -> bool:
        """Whether what stands there may have been told after Redis was read."""
        topic, partition, offset = spot
        return offset >= self.ends.get(Place(self.history.names.prefix + topic, partition), 0)


@dataclass(frozen=True, slots=True)
class Kept:
    """What was held until a moment: minor units by account, why each task's verdict was reached.

    `untold` are outcomes that were committed and of which it was not known yet whether the topics
    have them.
    """

    at: datetime
    accounts: Mapping[Account, int]
    verdicts: Mapping[tuple[str, str], str]
    untold: frozenset[str] = frozenset()


async def read_kept(where: RedisAccess | str) -> Kept:
    """What the services hold; SettingError where the server cannot be asked."""
    access = RedisAccess.of(where)
    client: Any = access.client(decode_responses=True)
    try:
        accounts = {key: held async for key, held in _fields(client, "payout:account:amount_minor")}
        verdicts = {key: held async for key, held in _fields(client, "qa:task:verdict")}
        # Last: what was held above and is on no topic yet is still among them.
        untold = frozenset([name async for name in _untold(client)])
    except REDIS_AWAY as failure:
        raise redis_refusal(access, failure) or SettingError(
            f"--redis {access.where} does not answer ({why(failure)}):"
            " start it, or correct its address"
        ) from failure
    finally:
        await client.aclose()
    amounts = {account: int(amount) for account, amount in accounts.items()}
    return Kept(datetime.now(UTC), amounts, verdicts, untold)


def redis_agrees(journals: Journals, kept: Kept) -> Iterator[Violation]:
    """Each account holds what its entries come to, each task the verdict that was reached."""
    yield from _balances(journals, kept)
    yield from _verdicts(journals, kept)


def _balances(journals: Journals, kept: Kept) -> Iterator[Violation]:
    decided_until = kept.at + SKEW
    told = [seen for seen in lines(journals.history)
            if seen.event.at <= decided_until or not journals.is_later(seen.spot)]  # fmt: skip
    later = [seen for seen in told if journals.is_later(seen.spot)]
    sums = balances(told)
    gained, lost = balances(later, lambda by: by > 0), balances(later, lambda by: by < 0)
    for account in sorted({**sums, **kept.accounts}):
        said, held = sums[account], kept.accounts.get(account, 0)
        if not said - gained[account] <= held <= said - lost[account]:
            yield Violation(f"{account[1]} in {account[0]}", f"journal {said}, Redis {held}")


def _verdicts(journals: Journals, kept: Kept) -> Iterator[Violation]:
    reached = journals.history.by_task(VerdictReached)
    for task_id, (first, *_) in reached.items():
        verdict = first.event
        held = kept.verdicts.get((verdict.pool, task_id))
        missed = journals.is_later(first.spot) or verdict.at < kept.at - KEPT
        if held != verdict.stop_reason and not (held is None and missed):
            detail = f"verdict {verdict.stop_reason} in the journal, {held} in Redis"
            yield Violation(task_id, detail)
    if not journals.history.whole(VERDICTS.name):
        return  # Redis remembers a task for longer than the topic keeps its verdict
    known = {(found[0].event.pool, task_id) for task_id, found in reached.items()}
    for pool, task_id in sorted(kept.verdicts.keys() - known):
        yield Violation(task_id, f"Redis holds a verdict of pool {pool}, the journal has none")


async def _fields(client: Any, where: str) -> AsyncIterator[tuple[tuple[str, str], str]]:
    """Pool, name and field of every hash `{<service>:<pool>}:<noun>:<name>` that has the field."""
    service, noun, field = where.split(":")
    async for key in client.scan_iter(f"{{{service}:*}}:{noun}:*", count=SCAN_COUNT, _type="HASH"):
        slot, _, name = key.partition(f"}}:{noun}:")
        held = await client.hget(key, field)
        if held is not None:
            yield (slot.removeprefix(f"{{{service}:"), name), held


async def _untold(client: Any) -> AsyncIterator[str]:
    """Names of outcomes of qa and payout that are not settled."""
    for service in ("qa", "payout"):
        keys = client.scan_iter(f"{{{service}:*}}:unsettled", count=SCAN_COUNT, _type="ZSET")
        async for key in keys:
            for name in await client.zrange(key, 0, -1):
                yield f"{key}:{name}"
