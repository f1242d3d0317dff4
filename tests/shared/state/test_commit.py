"""The Redis function and its in-memory twin pass one suite; leave a rule out and it fails."""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from redis.asyncio import Redis

from services.payout.fold import folds as payout_folds
from shared.contracts.errors import EpochGone
from shared.contracts.events.model import Event
from shared.state import library
from shared.state.changes import forget, put
from shared.state.commit import RedisStore
from shared.state.store import Committed, Conflict, Store
from shared.state.view import View
from tests.services.payout.in_memory import a_verdict, payout_after
from tests.shared.state.conformance import (
    CHECKS,
    KEY,
    SLOT,
    Check,
    an_entry,
    fields,
    opened,
)
from tests.shared.state.conformance import (
    commit as commit_entries,
)
from tests.shared.state.conformance_calls import CALLS
from tests.shared.state.conformance_epochs import EPOCHS
from tests.shared.state.conformance_reads import READS
from tests.support.builders import an_answer
from tests.support.in_memory import store_in_memory

ALL = (*CHECKS, *CALLS, *EPOCHS, *READS)


@pytest.fixture
async def redis_store(client: Redis) -> RedisStore:
    store = RedisStore(client)
    await store.prepare()
    return store


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
async def test_redis_conforms(check: Check, redis_store: Store) -> None:
    await check(redis_store)


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
async def test_twin_conforms(check: Check) -> None:
    await check(store_in_memory())


RULES_OF_THE_FUNCTION = {
    "absent": (r"return not (exists\(key\)|field_of\(key, name\)) end", "return true end"),
    "field_is": (r"return field_of\(key, name\) == value", "return true"),
    "field_below": (r"return is_below\(field_of\(key, name\), number\)", "return true"),
    "advance": (r"if is_below\(held, to\) or", "if true or"),
    "of two the last": (r" or held < to and not is_below\(to, held\)", ""),
    "of two with one number": (r"held < to and not is_below\(to, held\)", "held < to"),
    "ending": (r"return name:sub\(-#wanted\) == wanted and value", "return value"),
    "increment": (r"for i = from, to, 2 do change", "for i = from, from do change"),
    "number": (r"'\^-\?%d\+'", "'^-?%d'"),
    "said": (r"and value:find\(' ', 1, true\)\n", "\n"),
    "followed": (r"return name:sub\(1, #wanted\) == wanted and", "return"),
    "revision": (r"if revision ~= over.words\[entry\[at \+ 1\]\] then", "if false then"),
    "taint": (r"local function taint\(entry, tainted\)", r"\g<0> if true then return end"),
    "epoch": (r"if epoch_of\(slot\) ~= request\[1\] then", "if false then"),
    "lease": (r"local function leads\(slot, token\)", r"\g<0> if true then return true end"),
    "outcome": (
        r"local outcome, is_stale, changes = kept\[entry\[1\]\]",
        "local outcome, is_stale, changes = nil",
    ),
    "markers": (r"(pairs\(markers\) do\s+)raise\(", r"\1put("),
    "seen by the next": (
        r"return field_of\(key, name\) == value",
        "return redis.call('HGET', key.name, name) == value",
    ),
    "emptied": (r"local function look_if_gone\(key\)", r"\g<0> if true then return end"),
    "put after it was dropped": (r"if key.out then key.out\[name\] = nil end", ""),
    "once a commit": (r"and not raised\[aggregate\]", ""),
}


@pytest.mark.parametrize("rule", RULES_OF_THE_FUNCTION)
async def test_function_without_a_rule_fails_the_suite(rule: str, client: Redis) -> None:
    pattern, instead = RULES_OF_THE_FUNCTION[rule]
    mutant, times = re.subn(pattern, instead, library.SOURCE)
    assert times, f"no such rule in shared/state/lua: {rule}"
    with mock.patch.object(library, "SOURCE", mutant):
        store = RedisStore(client)
        await store.prepare()
        assert await _failing(client, store), f"no check misses the rule {rule}"


async def _failing(client: Redis, store: Store) -> list[str]:
    failed = []
    for check in ALL:
        await client.flushall()
        try:
            await check(store)
        except (AssertionError, EpochGone, pytest.fail.Exception):
            failed.append(check.__name__)
    return failed


@pytest.mark.parametrize("verb", ["absent", "field_is", "field_below"])
async def test_twin_without_a_guard_fails_the_suite(verb: str) -> None:
    honest = View._holds

    def blind(self: View, guard: tuple[str, ...]) -> bool:
        return True if guard[0] == verb else honest(self, guard)

    failed = []
    with mock.patch.object(View, "_holds", blind):
        for check in ALL:
            try:
                await check(store_in_memory())
            except AssertionError:
                failed.append(check.__name__)
    assert failed, f"no check misses the guard {verb}"


async def test_one_of_many_concurrent_commits_wins(redis_store: RedisStore) -> None:
    await opened(redis_store)
    entries = [
        an_entry(f"e-{n}", writes=[put(KEY, winner=n)], reads=[(KEY, "0")], aggregate=KEY)
        for n in range(20)
    ]
    replies = await asyncio.gather(*(commit_entries(redis_store, entry) for entry in entries))
    won = [n for n, reply in enumerate(replies) if reply == [Committed()]]
    assert len(won) == 1
    assert sum(reply == [Conflict()] for reply in replies) == 19
    assert (await fields(redis_store))["winner"] == str(won[0])


async def test_emptied_redis_closes_the_epoch(redis_store: RedisStore, client: Redis) -> None:
    await opened(redis_store)
    await client.flushall()
    assert await redis_store.epoch(SLOT) is None
    with pytest.raises(EpochGone):
        await commit_entries(redis_store, an_entry(writes=[put(KEY, a=1)]))


async def test_unknown_verb_writes_nothing(redis_store: RedisStore) -> None:
    await opened(redis_store)
    bad = an_entry(writes=[put(KEY, a=1), ("FLUSHALL", KEY)])
    with pytest.raises(ValueError, match="unknown guard or write FLUSHALL"):
        await commit_entries(redis_store, bad)
    assert await fields(redis_store) == {}


async def test_loading_the_same_library_again_keeps_the_epoch(redis_store: RedisStore) -> None:
    await opened(redis_store)
    await redis_store.prepare()
    assert await redis_store.epoch(SLOT) == "e1"


async def test_lost_library_is_loaded_again(redis_store: RedisStore, client: Redis) -> None:
    await opened(redis_store)
    await client.function_flush()
    with pytest.raises(Exception, match="Redis did not answer"):
        await redis_store.epoch(SLOT)
    assert await redis_store.epoch(SLOT) is None


async def test_key_is_let_go_a_day_from_now_at_the_soonest(
    redis_store: RedisStore, client: Redis
) -> None:
    await opened(redis_store)
    long_ago = an_entry("a", writes=[put(KEY, a=1), forget(KEY, 1)])
    assert await commit_entries(redis_store, long_ago) == [Committed()]
    assert 86_000 < await client.ttl(KEY) <= 86_400


async def test_time_to_go_only_moves_forward(redis_store: RedisStore, client: Redis) -> None:
    await opened(redis_store)
    far = int(time.time()) + 10 * 86_400
    for number, at in enumerate((far, far - 86_400, 1)):
        await commit_entries(
            redis_store, an_entry(str(number), writes=[put(KEY, a=1), forget(KEY, at)])
        )
        assert await client.expiretime(KEY) == far


@pytest.mark.parametrize("age_days", [1, 40, 400])
async def test_old_earnings_that_stand_twice_in_the_journal_are_added_once(
    age_days: int, redis_store: RedisStore, client: Redis
) -> None:
    slot, events = "{payout:main}", _old_earnings(age_days)
    assert await redis_store.lead(slot, "me", seconds=60)
    for event in (*events, *events):
        assert await redis_store.fold(slot, "me", payout_folds(event))
    account = "{payout:main}:account:worker/w-1/payable/USD"
    assert await client.hget(account, "amount_minor") == b"5"


def _old_earnings(age_days: int) -> list[Event]:
    payout = payout_after(an_answer("w-1"), a_verdict())
    at = datetime.now(UTC) - timedelta(days=age_days)
    return [event.model_copy(update={"at": at}) for event in payout.announced]


async def test_emptied_in_the_middle_of_a_catch_up_its_lease_is_lost(
    redis_store: RedisStore, client: Redis
) -> None:
    assert await redis_store.lead(SLOT, "me", seconds=10)
    await client.flushall()
    assert not await redis_store.lead(SLOT, "me", seconds=10, again=True)
    assert not await redis_store.fold(SLOT, "me", [])
    assert not await redis_store.open(SLOT, "me", "e1")
    assert await redis_store.lead(SLOT, "me", seconds=10)
    assert await redis_store.open(SLOT, "me", "e1")
