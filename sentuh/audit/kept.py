"""Compares the balances and verdicts that Redis holds with what the journals come to.

Services may be at work meanwhile. A record that was on its journal before Redis was read must be in
Redis; a later one, and one that is decided and not published yet, may be in it or not.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgpack
from redis.exceptions import ResponseError

from sentuh.audit.money import Account, balances, lines
from sentuh.audit.report import Violation
from sentuh.broker.connection import connected as reached
from sentuh.history.collect import History, Spot
from shared.connect.access import RedisAccess
from shared.connect.refusals import not_permitted
from shared.contracts.card import ending_kept_seconds
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.packing import unpack
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import VERDICTS, read_by
from shared.state.calls import outcome_of
from shared.state.escaping import unescaped

SCAN_COUNT = 1000
OF = ("qa", "payout")
BYTES = "surrogateescape"
VERDICT_KEPT = timedelta(seconds=ending_kept_seconds(read_by("qa"))) - timedelta(days=1)
"""For this long at least qa's state holds a verdict: a day is left for clocks that differ."""


@dataclass(frozen=True, slots=True)
class Journals:
    """The journals, read to their ends before Redis was read and again after.

    `ends` are the ends before Redis. `unsettled` are the records that outcomes kept in Redis will
    put on the journals.
    """

    history: History
    ends: Mapping[TopicPartition, int]
    unsettled: History

    def is_later(self, spot: Spot) -> bool:
        """Return whether the record at this spot may have come after Redis was read."""
        topic, partition, offset = spot
        return offset >= self.ends.get(
            TopicPartition(self.history.names.prefix + topic, partition), 0
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """The state of qa and payout in Redis at one moment.

    Minor units by account, the stop reason by pool and task, and the records of outcomes that are
    decided, and may not be on their topic yet.
    """

    at: datetime
    accounts: Mapping[Account, int]
    verdicts: Mapping[tuple[str, str], str]
    unsettled: tuple[Record, ...] = ()


def connected(where: RedisAccess | str, **settings: Any) -> AbstractAsyncContextManager[Any]:
    """Connect to Redis; SettingError if it does not answer or refuses us."""
    return reached(RedisAccess.of(where), named="--redis", **settings)


async def read_kept(where: RedisAccess | str) -> Kept:
    """Load balances, verdicts and unsettled outcomes; SettingError if Redis does not answer."""
    async with connected(where, decode_responses=True, encoding_errors=BYTES) as client:
        accounts = {key: held async for key, held in _fields(client, "payout:account:amount_minor")}
        verdicts = {key: held async for key, held in _fields(client, "qa:task:verdict")}
        # Last: an outcome is settled after it is published, so each effect read above is on its
        # topic by now or still among these. Read first, one could be in neither.
        unsettled = tuple([record async for record in _unsettled(client)])
    amounts = {account: int(amount) for account, amount in accounts.items()}
    return Kept(datetime.now(UTC), amounts, verdicts, unsettled)


def redis_agrees(journals: Journals, kept: Kept) -> Iterator[Violation]:
    """Yield each account whose entries come to another sum, and each task of another verdict."""
    yield from _balances(journals, kept)
    yield from _verdicts(journals, kept)


def _balances(journals: Journals, kept: Kept) -> Iterator[Violation]:
    """Yield accounts that Redis holds outside the bounds that the entries allow."""
    entries = lines(journals.history)
    entry_ids = {entry.id for entry in entries}
    later = [entry for entry in entries if journals.is_later(entry.spot)]
    unsettled = [entry for entry in lines(journals.unsettled) if entry.id not in entry_ids]
    sums = balances(entries)
    # Redis holds all entries; each later one and each unsettled one it may hold or not.
    gained, lost = balances(later, lambda by: by > 0), balances(later, lambda by: by < 0)
    more, less = balances(unsettled, lambda by: by > 0), balances(unsettled, lambda by: by < 0)
    for account in sorted({**sums, **more, **less, **kept.accounts}):
        expected, held = sums[account], kept.accounts.get(account, 0)
        lowest, highest = gained[account] - less[account], more[account] - lost[account]
        if not expected - lowest <= held <= expected + highest:
            yield Violation(f"{account[1]} in {account[0]}", f"journal {expected}, Redis {held}")


def _verdicts(journals: Journals, kept: Kept) -> Iterator[Violation]:
    """Yield tasks whose verdict is in one of the two only, or another in each."""
    reached = journals.history.by_task(VerdictReached)
    for task_id, (first, *_) in reached.items():
        verdict = first.event
        held = kept.verdicts.get((verdict.pool, task_id))
        may_lack = journals.is_later(first.spot) or verdict.at < kept.at - VERDICT_KEPT
        if held != verdict.stop_reason and not (held is None and may_lack):
            detail = f"verdict {verdict.stop_reason} in the journal, {held} in Redis"
            yield Violation(task_id, detail)
    if not journals.history.whole(VERDICTS.name):
        return  # Redis remembers a task for longer than the topic keeps its verdict
    published = journals.history.of(VerdictReached)
    facts = (*published, *journals.unsettled.of(VerdictReached))
    tasks = {(fact.event.pool, fact.event.task_id) for fact in facts}
    for pool, task_id in sorted(kept.verdicts.keys() - tasks):
        yield Violation(task_id, f"Redis holds a verdict of pool {pool}, the journal has none")


async def _fields(client: Any, where: str) -> AsyncIterator[tuple[tuple[str, str], str]]:
    """Yield pool and name, and the field, of every hash `{<service>:<pool>}:<noun>:<name>`.

    `where` names service, noun and field; a hash without the field is left out.
    Example: "qa:task:verdict" yields (("main", "t-1"), "confident").
    """
    service, noun, field = where.split(":")
    async for key in client.scan_iter(f"{{{service}:*}}:{noun}:*", count=SCAN_COUNT, _type="HASH"):
        slot, _, name = key.partition(f"}}:{noun}:")
        held = await client.hget(key, field)
        if held is not None:
            yield (slot.removeprefix(f"{{{service}:"), unescaped(name)), held


async def _unsettled(client: Any) -> AsyncIterator[Record]:
    """Yield the records of unsettled outcomes of qa and payout, at partition 0 and offset 0.

    Where such a record will stand, nobody knows before it is published.
    Example: an outcome with a verdict and a timer yields both records.
    """
    for service in OF:
        keys = client.scan_iter(f"{{{service}:*}}:unsettled", count=SCAN_COUNT, _type="ZSET")
        async for key in keys:
            for name in await client.zrange(key, 0, -1):
                kept = await client.get(f"{key.removesuffix('unsettled')}outcome:{name}")
                outcome = outcome_of(kept or "")
                for out in () if outcome.settled else unpack(outcome.records):
                    yield Record(out.topic, 0, 0, out.key, out.value, out.headers, 0)


async def closed_slots(where: RedisAccess | str, history: History) -> list[str]:
    """Return the slots of these journals whose epoch is not open; none if we may not ask.

    Example: {payout:main} while payout catches up.
    """
    slots = {f"{{qa:{fact.event.pool}}}" for fact in history.of(VerdictReached)}
    slots |= {f"{{payout:{entry.event.pool}}}" for entry in lines(history)}
    slots |= {f"{{{service}}}" for service in OF}
    async with connected(where) as client:
        return [slot for slot in sorted(slots) if not await _is_open(client, slot)]


async def _is_open(client: Any, slot: str) -> bool:
    """Return whether the slot has an open epoch; true if our user may not ask."""
    try:
        reply = await client.fcall("sentuh_epoch", 1, slot, msgpack.packb([]))
    except ResponseError as failure:
        return not_permitted(failure)
    return bool(msgpack.unpackb(reply)[0])
