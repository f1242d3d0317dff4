"""State of another version is refused, whoever meets it; an older copy of our own is not."""

import asyncio

import pytest
from redis.asyncio import Redis

from shared.recovery.catchup import Waits
from shared.recovery.lead import Lead
from shared.state.changes import put
from shared.state.commit import RedisStore
from shared.state.store import write_only
from tests.shared.state.lives import OLD, OURS, POOL, ROOT, Life, kept, refused, restart


async def test_a_first_start_says_the_form_of_every_slot(client: Redis) -> None:
    await Life(client, OURS).whole(POOL)

    assert [await kept(client, slot) for slot in (ROOT, POOL)] == [b"2", b"2"]


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_the_same_form_is_taken_up_again(client: Redis, is_restarted: bool) -> None:
    await Life(client, OURS).whole(POOL)
    if is_restarted:
        await restart(client)

    await Life(client, OURS).whole(POOL)

    assert await RedisStore(client).epochs([ROOT, POOL])


@pytest.mark.parametrize("is_restarted", [False, True])
@pytest.mark.parametrize("number", [OURS, OLD - 1])
async def test_another_form_is_refused_be_it_newer_or_older(
    client: Redis, is_restarted: bool, number: int
) -> None:
    await Life(client, OLD).whole(POOL)
    if is_restarted:
        await restart(client)

    said = await refused(Life(client, number).whole())

    assert said == (
        f"payout: Redis holds state version 1 ({{payout}}), and this build reads and writes state"
        f" version {number}: stop all processes of payout, run `sentuh redis empty payout`, and"
        " start again: its state is made anew from what its topics still keep"
    )


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_state_without_a_form_is_refused(client: Redis, is_restarted: bool) -> None:
    older = RedisStore(client)
    await older.prepare()
    for slot in (ROOT, POOL):
        assert await older.lead(slot, "old", seconds=60)
        assert await older.open(slot, "old", f"old-{slot}")
    if is_restarted:
        await restart(client)

    of_start = await refused(Life(client, OURS).whole())
    of_catch_up = await refused(Life(client, OURS).catch_up.whole())

    assert "holds state without a version, of an older build ({payout})" in of_start
    assert "holds state without a version, of an older build ({payout" in of_catch_up
    assert not await client.exists(f"{ROOT}:form")


async def test_where_another_form_stands_nothing_is_changed(client: Redis) -> None:
    """Processes of that version may be at work: another library would close their epochs."""
    await client.set(f"{ROOT}:epoch", "old")

    await refused(Life(client, OURS).whole())

    assert await client.keys("*") == [f"{ROOT}:epoch".encode()]
    assert await client.function_list() == []


async def test_of_two_versions_that_start_at_once_one_is_refused(client: Redis) -> None:
    starts = [Life(client, number).whole(POOL) for number in (OLD, OURS)]

    ends = await asyncio.gather(*starts, return_exceptions=True)

    kinds = [type(end) for end in ends]
    assert sorted(kind.__name__ for kind in kinds) == ["NoneType", "SettingError"]
    wins = (OLD, OURS)[kinds.index(type(None))]
    assert [await kept(client, slot) for slot in (ROOT, POOL)] == [str(wins).encode()] * 2


async def test_a_version_that_knows_no_forms_and_starts_first_is_found_at_its_end(
    client: Redis,
) -> None:
    """It holds the lease; when it has opened the epoch, its state is seen for what it is."""
    old, new = RedisStore(client), Life(client, OURS)
    await old.prepare()
    assert await old.lead(ROOT, "old", seconds=60)
    starting = asyncio.create_task(new.whole())
    await asyncio.sleep(0.2)
    assert not starting.done()
    assert await old.open(ROOT, "old", "old")

    assert "without a version" in await refused(starting)


async def test_a_catch_up_that_was_broken_off_is_known_by_its_form(client: Redis) -> None:
    """It folded, and opened nothing."""
    life = Life(client, OLD)
    await life.store.prepare()
    lead = Lead(life.dependencies, Waits(), "died", [ROOT])
    await lead.take([ROOT, POOL])
    await lead.fold(POOL, [write_only(put(f"{POOL}:job:t-1", verdict_at=1))])
    await lead.release()

    await refused(Life(client, OURS).whole())
    theirs = Life(client, OLD)
    await theirs.whole(POOL)

    assert await theirs.store.epoch(POOL)
