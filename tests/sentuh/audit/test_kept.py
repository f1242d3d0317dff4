"""Redis beside the journals while work goes on: what is old is exact, what came after may be in."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from sentuh.audit.kept import Journals, Kept, read_kept, redis_agrees
from sentuh.audit.money import Account
from sentuh.history.collect import collect
from services.payout import keys as payout
from services.qa import keys as qa
from shared.contracts.record import TopicPartition
from shared.contracts.topics import EARNINGS, VERDICTS
from tests.sentuh.audit.journals import a_clean_log
from tests.support.builders import after

LOG = a_clean_log()
PAYABLE, PENDING = "worker/w-1/payable/USD in main", "worker/w-1/pending/USD in main"


def journals(*, later: bool) -> Journals:
    """A clean history, told before Redis was read or all of it after."""
    history = collect(LOG.records, LOG.names, None)
    ends = {} if later else {place: seen.last + 1 for place, seen in history.extents.items()}
    return Journals(history, ends, collect([], LOG.names, None))


def kept(**amounts: int) -> Kept:
    """What is held after it; other amounts for accounts of w-1."""
    accounts: dict[Account, int] = {("main", "requester/main/USD"): -15}
    for worker in ("w-1", "w-2", "w-3"):
        accounts["main", f"worker/{worker}/payable/USD"] = 5
        accounts["main", f"worker/{worker}/pending/USD"] = 0
    accounts |= {("main", f"worker/w-1/{name}/USD"): amount for name, amount in amounts.items()}
    verdicts = {("main", "t-0"): "waived", ("main", "t-1"): "confident"}
    return Kept(after(3600), accounts, verdicts)


def subjects(journal: Journals, held: Kept) -> list[str]:
    return [one.subject for one in redis_agrees(journal, held)]


def test_what_was_told_before_is_held_to_the_cent() -> None:
    said = journals(later=False)

    assert subjects(said, kept()) == []
    assert subjects(said, kept(payable=4)) == [PAYABLE]
    assert subjects(said, kept(payable=0, pending=5)) == [
        PAYABLE,
        PENDING,
    ]
    assert subjects(said, replace(kept(), verdicts={("main", "t-0"): "waived"})) == ["t-1"]


@pytest.mark.parametrize("amounts", [{}, {"payable": 0}, {"pending": 5, "payable": 0}])
def test_what_is_told_after_may_be_in_it_or_not(amounts: Mapping[str, int]) -> None:
    assert subjects(journals(later=True), kept(**amounts)) == []


def test_a_verdict_told_after_may_not_be_held_yet_but_not_another() -> None:
    said = journals(later=True)

    assert subjects(said, replace(kept(), verdicts={})) == []
    other = {("main", "t-0"): "waived", ("main", "t-1"): "budget"}
    assert subjects(said, replace(kept(), verdicts=other)) == ["t-1"]


@pytest.mark.parametrize("amount", [-1, 6])
def test_no_more_is_held_than_could_have_been_told(amount: int) -> None:
    assert subjects(journals(later=True), kept(payable=amount)) == [PAYABLE]


def test_what_redis_alone_knows_is_named() -> None:
    verdicts = {**kept().verdicts, ("main", "t-9"): "confident"}

    assert subjects(journals(later=True), replace(kept(), verdicts=verdicts)) == ["t-9"]


def test_each_partition_has_its_own_end() -> None:
    whole = journals(later=False)
    ends = {place: end for place, end in whole.ends.items() if place.topic != EARNINGS.name}
    assert TopicPartition(VERDICTS.name, 0).topic in {place.topic for place in ends}

    said = replace(whole, ends=ends)

    assert subjects(said, kept(payable=0)) == []
    assert subjects(said, replace(kept(), verdicts={})) == ["t-0", "t-1"]


def test_a_verdict_that_its_topic_keeps_no_longer_breaks_nothing() -> None:
    whole = journals(later=False)
    cut = [said for said in LOG.records if said.topic != VERDICTS.name or said.offset > 0]
    history = collect(cut, LOG.names, None)
    assert not history.whole(VERDICTS.name)

    assert subjects(replace(whole, history=history), kept()) == []


def test_what_is_decided_and_not_told_yet_may_be_held_and_no_more_than_that() -> None:
    """Committed and not published: an outcome that nobody has settled says what will be told."""
    told = [said for said in LOG.records if said.topic != EARNINGS.name]
    untold = [said for said in LOG.records if said.topic == EARNINGS.name]
    said = journals(later=False)
    said = replace(said, history=collect(told, LOG.names, None))
    some = replace(said, unsettled=collect(untold, LOG.names, None))

    assert PAYABLE in subjects(said, kept())
    assert subjects(some, kept()) == []
    assert subjects(some, kept(payable=0)) == []
    assert subjects(some, kept(payable=6)) == [PAYABLE]
    assert subjects(some, kept(payable=-1)) == [PAYABLE]


def test_what_is_told_and_not_settled_yet_counts_once() -> None:
    said = journals(later=False)
    said = replace(said, unsettled=said.history)

    assert subjects(said, kept()) == []
    assert subjects(said, kept(payable=0)) == [PAYABLE]
    assert subjects(said, kept(payable=10)) == [PAYABLE]


def test_a_verdict_that_is_not_told_yet_breaks_nothing() -> None:
    verdicts = [said for said in LOG.records if said.topic == VERDICTS.name]
    told = [said for said in LOG.records if said.topic != VERDICTS.name]
    said = replace(journals(later=False), history=collect(told, LOG.names, None))

    assert subjects(said, kept()) == ["t-0", "t-1"]
    assert subjects(replace(said, unsettled=collect(verdicts, LOG.names, None)), kept()) == []


async def test_ids_that_stand_escaped_in_redis_are_read_as_they_were_sent(redis_url: str) -> None:
    account, task = "worker/auth0|w:1/payable/USD", "name:t;lsn:1"
    async with Redis.from_url(redis_url) as client:
        await client.hset(payout.account("main", account), "amount_minor", "5")
        await client.hset(qa.task("main", task), "verdict", "confident")

    held = await read_kept(redis_url)

    assert held.accounts == {("main", account): 5}
    assert held.verdicts == {("main", task): "confident"}
