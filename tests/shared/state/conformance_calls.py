"""What the changes and entries of one call are to each other, as if each were made at once."""

from shared.state.changes import (
    Change,
    absent,
    add,
    advance,
    drop_fields,
    field_below,
    field_is,
    forget,
    increment,
    lowest,
    put,
    remove,
    score,
    set_of,
    unscore,
)
from shared.state.store import CommitEntry, Committed, Conflict, Replayed, Request, Store
from tests.shared.state.conformance import (
    KEY,
    OTHER,
    SLOT,
    Check,
    an_entry,
    commit,
    fields,
    opened,
)


async def check_entries_of_one_call_see_each_other(store: Store) -> None:
    await opened(store)
    replies = await commit(
        store,
        an_entry("a", writes=[put(KEY, a=1, b=1), increment(KEY, {"sum": 4})], aggregate=KEY),
        an_entry("b", writes=[drop_fields(KEY, "a")], relies=[field_is(KEY, "a", 1)]),
        an_entry("c", writes=[put(KEY, c=1)], relies=[absent(KEY, "a")], reads=[(KEY, "1")]),
        an_entry("d", writes=[increment(KEY, {"sum": 3}), advance(KEY, {"b": 5})], aggregate=KEY),
        an_entry("e", writes=[put(KEY, a=2)], reads=[(KEY, "1")]),
        an_entry("f", writes=[advance(KEY, {"b": 4})], relies=[field_below(KEY, "b", 6)]),
    )
    done, conflict = Committed(), Conflict()
    assert replies == [done, done, done, done, conflict, done]
    assert await fields(store) == {"b": "5", "sum": "7", "rev": "2", "c": "1"}


async def check_an_event_that_comes_twice_in_one_call_is_committed_once(store: Store) -> None:
    await opened(store)
    entry = an_entry(writes=[increment(KEY, {"sum": 4})], records=b"r")
    first, second = await commit(store, entry, entry)
    assert first == Committed()
    assert isinstance(second, Replayed)
    assert await fields(store) == {"sum": "4"}


async def check_a_key_that_was_emptied_and_filled_again_in_one_call(store: Store) -> None:
    await opened(store)
    ranking, members = f"{SLOT}:ranking", f"{SLOT}:members"
    held = [put(KEY, a=1), score(ranking, "a", 1), add(members, "a")]
    await commit(store, an_entry("a", writes=held))
    emptied = [drop_fields(KEY, "a", "never"), unscore(ranking, "a"), remove(members, "a")]
    again = [put(KEY, b=2), score(ranking, "b", 2), add(members, "b")]
    replies = await commit(
        store,
        an_entry("b", writes=emptied),
        an_entry("c", writes=again, relies=[absent(KEY), absent(ranking), absent(members)]),
        an_entry("d", writes=emptied, relies=[absent(members)]),
    )
    assert replies == [Committed(), Committed(), Conflict()]
    assert await fields(store) == {"b": "2"}
    reads = (lowest(ranking, take=9), set_of(members))
    data = (await store.load({SLOT: Request(reads=reads)}))[SLOT].data
    assert data[ranking][1] == {"b": 2}
    assert data[members][1] == {"b"}


async def check_a_key_that_was_emptied_twice_in_one_call(store: Store) -> None:
    await opened(store)
    emptied = drop_fields(KEY, "a")
    await commit(
        store,
        an_entry("a", writes=[emptied, put(KEY, a=1), forget(KEY, 1), emptied]),
        an_entry("b", writes=[put(KEY, b=1)], relies=[absent(KEY)]),
    )
    assert await fields(store) == {"b": "1"}


async def check_what_was_dropped_and_put_again_in_one_call_is_there(store: Store) -> None:
    await opened(store)
    await commit(store, an_entry("a", writes=[put(KEY, a=1, b=1)]))
    await commit(store, an_entry("b", writes=[drop_fields(KEY, "a"), put(KEY, a=2)]))
    assert await fields(store) == {"a": "2", "b": "1"}
    await commit(store, an_entry("c", writes=[put(KEY, c=1), drop_fields(KEY, "c", "b")]))
    assert await fields(store) == {"a": "2"}


async def check_changes_of_one_entry_see_each_other(store: Store) -> None:
    await opened(store)
    first = Change(aggregate=KEY, guards=(absent(KEY, "a"),), writes=(put(KEY, a=1),))
    second = Change(aggregate=KEY, guards=(absent(KEY, "a"),), writes=(put(KEY, a=2),))
    await commit(store, CommitEntry("a", "d", (), (), (first, second), b"r"))
    assert await fields(store) == {"a": "1", "rev": "1"}


async def check_conflict_taints_later_records_of_its_aggregates(store: Store) -> None:
    await opened(store)
    lost = an_entry(
        "a",
        writes=[put(KEY, a=1)],
        relies=[field_is(OTHER, "x", 1)],
        reads=[(KEY, "0")],
        aggregate=KEY,
    )
    after = an_entry("b", writes=[put(KEY, b=1)], reads=[(KEY, "0")], aggregate=KEY)
    apart = an_entry("c", writes=[put(OTHER, c=1)], reads=[(OTHER, "0")], aggregate=OTHER)
    assert await commit(store, lost, after, apart) == [Conflict(), Conflict(), Committed()]
    assert await fields(store) == {}


async def check_replay_taints_later_records_of_its_aggregates(store: Store) -> None:
    await opened(store)
    done = an_entry("a", writes=[put(KEY, a=1)], reads=[(KEY, "0")], records=b"r")
    await commit(store, done)
    after = an_entry("b", writes=[put(KEY, b=1)], reads=[(KEY, "0")], records=b"r")
    replies = await commit(store, done, after)
    assert isinstance(replies[0], Replayed)
    assert replies[1] == Conflict()


CALLS: tuple[Check, ...] = tuple(
    found for name, found in list(globals().items()) if name.startswith("check_")
)
