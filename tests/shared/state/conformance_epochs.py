"""What every store must do about epochs and leases."""

import pytest

from shared.contracts.errors import EpochGone
from shared.state.changes import Change, hash_of, put
from shared.state.store import Request, Settlement, Store
from tests.shared.state.conformance import KEY, SLOT, Check, an_entry, commit, fields, opened


async def check_who_answered_is_told_where_another_is_closed(store: Store) -> None:
    await opened(store)
    counted = Request(counted=("e-1",))
    with pytest.raises(EpochGone) as gone:
        await store.load({SLOT: counted, "{test:closed}": counted})
    assert gone.value.slot == "{test:closed}"
    assert gone.value.answered == {SLOT: "e1"}
    assert (await store.load({SLOT: counted}))[SLOT].attempts == {"e-1": 2}


async def check_nothing_works_while_the_epoch_is_closed(store: Store) -> None:
    for call in (
        lambda: store.load({SLOT: Request(reads=(hash_of(KEY),))}),
        lambda: store.commit({SLOT: ("e1", [an_entry()])}),
        lambda: store.settle({SLOT: Settlement("e1", {}, (), {})}),
        lambda: store.unsettled(SLOT, older_seconds=0, count=1),
        lambda: store.there({SLOT: [KEY]}),
        lambda: store.due(SLOT, f"{SLOT}:d", due_ms=0, again_ms=0, count=1),
    ):
        with pytest.raises(EpochGone):
            await call()
    assert await store.epoch(SLOT) is None
    assert await store.epochs([SLOT, "{test}"]) == {}
    assert SLOT not in await store.slots("{test}")


async def check_decision_of_an_older_epoch_is_not_committed(store: Store) -> None:
    await opened(store, "e1")
    await store.lead(SLOT, "you", seconds=10)
    await store.open(SLOT, "you", "e2")
    with pytest.raises(EpochGone):
        await commit(store, an_entry(writes=[put(KEY, a=1)]), epoch="e1")
    assert await fields(store) == {}
    assert await store.slots("{test}") == [SLOT]
    assert await store.epochs(["{test}", SLOT]) == {SLOT: "e2"}


async def check_one_process_leads(store: Store) -> None:
    assert await store.lead(SLOT, "me", seconds=10)
    assert await store.lead(SLOT, "me", seconds=10)
    assert not await store.lead(SLOT, "you", seconds=10)
    change = [Change(aggregate=None, guards=(), writes=(put(KEY, a=1),))]
    assert not await store.fold(SLOT, "you", change)
    assert await store.peek(SLOT, "you", [hash_of(KEY)]) is None
    assert not await store.open(SLOT, "you", "e1")
    assert await store.fold(SLOT, "me", change)
    found = await store.peek(SLOT, "me", [hash_of(KEY)])
    assert found is not None
    assert found.data[KEY][1] == {"a": "1"}
    assert await store.open(SLOT, "me", "e1")
    assert not await store.fold(SLOT, "me", change)


async def check_lease_let_go_is_anybodys(store: Store) -> None:
    assert await store.lead(SLOT, "me", seconds=10)
    assert await store.lead(SLOT, "me", seconds=0)
    assert await store.lead(SLOT, "you", seconds=10)


EPOCHS: tuple[Check, ...] = tuple(
    found for name, found in list(globals().items()) if name.startswith("check_")
)
"""The same for the Redis function and its twin."""
