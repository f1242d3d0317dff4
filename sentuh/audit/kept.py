"""What Redis holds, against what the journals come to: balances and verdicts.

Work may go on meanwhile. What a journal told before Redis was read is in what was held; each record
that was told after may be in it or not, and so may what is decided and not told yet.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgpack
from redis.exceptions import ResponseError

from sentuh.audit.money import Account, balances, lines
from sentuh.audit.report import Violation
from sentuh.history.collect import History, Spot
from shared.connect.access import REDIS_AWAY, RedisAccess
from shared.connect.refusals import not_permitted, redis_refusal, why
from shared.contracts.card import ending_kept_seconds
from shared.contracts.errors import SettingError
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Record, TopicPartition, unpack
from shared.contracts.topics import VERDICTS, read_by

SCAN_COUNT = 1000
OF = ("qa", "payout")
BYTES = "surrogateescape"
VERDICT_KEPT = timedelta(seconds=ending_kept_seconds(read_by("qa"))) - timedelta(days=1)
"""For this long at least qa's state holds a verdict: a day is left for clocks that differ."""


@dataclass(frozen=True, slots=True)
class Journals:
    """What the journals say, read on until after Redis was read; `ends` are those before it.

    `untold` is what they will say by what Redis holds: outcomes that nobody has settled.
    """

    history: History
    ends: Mapping[TopicPartition, int]
    untold: History

    def is_later(self, spot: Spot) -> bool:
        """Whether what stands there may have been told after Redis was read."""
        topic, partition, offset = spot
        return offset >= self.ends.get(
            TopicPartition(self.history.names.prefix + topic, partition), 0
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """What was held at a moment: minor units by account, why each task's verdict was reached, and
    records that were decided and may be on no topic yet.
    """

    at: datetime
    accounts: Mapping[Account, int]
    verdicts: Mapping[tuple[str, str], str]
    untold: tuple[Record, ...] = ()


@asynccontextmanager
async def _asking(where: RedisAccess | str, **given: Any) -> AsyncIterator[Any]:
    """A client of the server; SettingError where it cannot be asked."""
    access = RedisAccess.of(where)
    client: Any = access.client(**given)
    try:
        yield client
    except REDIS_AWAY as failure:
        raise redis_refusal(access, failure) or SettingError(
            f"--redis {access.where} does not answer ({why(failure)}):"
            " start it, or correct its address"
        ) from failure
    finally:
        await client.aclose()


async def read_kept(where: RedisAccess | str) -> Kept:
    """What the services hold; SettingError where the server cannot be asked."""
    async with _asking(where, decode_responses=True, encoding_errors=BYTES) as client:
        accounts = {key: held async for key, held in _fields(client, "payout:account:amount_minor")}
        verdicts = {key: held async for key, held in _fields(client, "qa:task:verdict")}
        # Last: what was held above and is on no topic yet is still among them.
        untold = tuple([record async for record in _untold(client)])
    amounts = {account: int(amount) for account, amount in accounts.items()}
    return Kept(datetime.now(UTC), amounts, verdicts, untold)


def redis_agrees(journals: Journals, kept: Kept) -> Iterator[Violation]:
    """Each account holds what its entries come to, each task the verdict that was reached."""
    yield from _balances(journals, kept)
    yield from _verdicts(journals, kept)


def _balances(journals: Journals, kept: Kept) -> Iterator[Violation]:
    told = lines(journals.history)
    known = {seen.id for seen in told}
    later = [seen for seen in told if journals.is_later(seen.spot)]
    untold = [seen for seen in lines(journals.untold) if seen.id not in known]
    sums = balances(told)
    # It holds what was told, each that was told later or not, and each that is untold or not.
    gained, lost = balances(later, lambda by: by > 0), balances(later, lambda by: by < 0)
    more, less = balances(untold, lambda by: by > 0), balances(untold, lambda by: by < 0)
    for account in sorted({**sums, **more, **less, **kept.accounts}):
        said, held = sums[account], kept.accounts.get(account, 0)
        lowest, highest = gained[account] - less[account], more[account] - lost[account]
        if not said - lowest <= held <= said + highest:
            yield Violation(f"{account[1]} in {account[0]}", f"journal {said}, Redis {held}")


def _verdicts(journals: Journals, kept: Kept) -> Iterator[Violation]:
    reached = journals.history.by_task(VerdictReached)
    for task_id, (first, *_) in reached.items():
        verdict = first.event
        held = kept.verdicts.get((verdict.pool, task_id))
        missed = journals.is_later(first.spot) or verdict.at < kept.at - VERDICT_KEPT
        if held != verdict.stop_reason and not (held is None and missed):
            detail = f"verdict {verdict.stop_reason} in the journal, {held} in Redis"
            yield Violation(task_id, detail)
    if not journals.history.whole(VERDICTS.name):
        return  # Redis remembers a task for longer than the topic keeps its verdict
    told = (*journals.history.of(VerdictReached), *journals.untold.of(VerdictReached))
    known = {(seen.event.pool, seen.event.task_id) for seen in told}
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


async def _untold(client: Any) -> AsyncIterator[Record]:
    """What follows from outcomes of qa and payout that are not settled; where it will stand nobody
    knows yet.
    """
    for service in OF:
        keys = client.scan_iter(f"{{{service}:*}}:unsettled", count=SCAN_COUNT, _type="ZSET")
        async for key in keys:
            for name in await client.zrange(key, 0, -1):
                outcome = f"{key.removesuffix('unsettled')}outcome:{name}"
                packed = await client.hget(outcome, "records")
                for said in unpack(packed.encode(errors=BYTES)) if packed else ():
                    yield Record(said.topic, 0, 0, said.key, said.value, said.headers, 0)


async def closed(where: RedisAccess | str, history: History) -> list[str]:
    """Slots of these journals whose epoch is not open; none where that may not be asked."""
    slots = {f"{{qa:{seen.event.pool}}}" for seen in history.of(VerdictReached)}
    slots |= {f"{{payout:{seen.event.pool}}}" for seen in lines(history)}
    slots |= {f"{{{service}}}" for service in OF}
    async with _asking(where) as client:
        return [slot for slot in sorted(slots) if not await _is_open(client, slot)]


async def _is_open(client: Any, slot: str) -> bool:
    try:
        reply = await client.fcall("sentuh_epoch", 1, slot, msgpack.packb([]))
    except ResponseError as failure:
        return not_permitted(failure)
    return bool(msgpack.unpackb(reply)[0])
