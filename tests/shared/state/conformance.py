"""What every store must do: one suite for the Redis function and its in-memory twin."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import permutations

from shared.state.changes import (
    Change,
    Guard,
    Write,
    absent,
    advance,
    drop_fields,
    field_below,
    field_is,
    forget,
    hash_of,
    increment,
    keep,
    put,
    put_fields,
    score,
    unscore,
)
from shared.state.highest import keep_highest
from shared.state.store import (
    CommitEntry,
    Committed,
    Conflict,
    Replayed,
    Reply,
    Request,
    Settlement,
    Store,
)

SLOT = "{test:main}"
KEY = f"{SLOT}:thing:1"
OTHER = f"{SLOT}:thing:2"

Check = Callable[[Store], Awaitable[None]]


def an_entry(
    id_: str = "e-1",
    *,
    writes: Sequence[Write] = (),
    guards: Sequence[Guard] = (),
    relies: Sequence[Guard] = (),
    reads: Sequence[tuple[str, str]] = (),
    records: bytes = b"",
    aggregate: str | None = None,
    digest: str = "d",
) -> CommitEntry:
    change = Change(aggregate=aggregate, guards=tuple(guards), writes=tuple(writes))
    return CommitEntry(id_, digest, tuple(reads), tuple(relies), (change,), records)


async def opened(store: Store, epoch: str = "e1") -> str:
    assert await store.lead(SLOT, "me", seconds=10)
    assert await store.open(SLOT, "me", epoch)
    return epoch


async def commit(store: Store, *entries: CommitEntry, epoch: str = "e1") -> Sequence[Reply]:
    return (await store.commit({SLOT: (epoch, entries)}))[SLOT]


async def fields(store: Store, key: str = KEY) -> dict[str, str]:
    loaded = await store.load({SLOT: Request(reads=(hash_of(key),))})
    return dict(loaded[SLOT].data[key][1])  # type: ignore[arg-type]


async def check_commit_writes_and_keeps_its_outcome(store: Store) -> None:
    await opened(store)
    entry = an_entry(writes=[put(KEY, a=1)], records=b"\x93\x00\xff bytes", aggregate=KEY)
    assert await commit(store, entry) == [Committed()]
    assert await fields(store) == {"a": "1", "rev": "1"}
    (again,) = await commit(store, entry)
    assert isinstance(again, Replayed)
    assert again.outcome.digest == "d"
    assert again.outcome.records == b"\x93\x00\xff bytes"
    assert await fields(store) == {"a": "1", "rev": "1"}


async def check_settled_outcome_gives_up_its_records(store: Store) -> None:
    await opened(store)
    await commit(store, an_entry(writes=[put(KEY, a=1)], records=b"r"))
    _, waiting = await store.unsettled(SLOT, older_seconds=0, count=10)
    assert [id_ for id_, _ in waiting] == ["e-1"]
    await store.settle({SLOT: Settlement("e1", {"e-1": "d"}, ("e-1",), {"t:0": 7})})
    await store.settle({SLOT: Settlement("e1", {}, (), {"t:0": 5})})
    loaded = await store.load({SLOT: Request(ids=("e-1",), reads=(hash_of(f"{SLOT}:markers"),))})
    assert loaded[SLOT].outcomes["e-1"].settled
    assert loaded[SLOT].outcomes["e-1"].records == b""
    assert loaded[SLOT].data[f"{SLOT}:markers"][1] == {"t:0": "7"}
    assert (await store.unsettled(SLOT, older_seconds=0, count=10))[1] == []


async def check_one_key_of_many_tells_that_something_is_there(store: Store) -> None:
    await opened(store)
    keys, waiting = [f"{SLOT}:x", KEY], [f"{SLOT}:unsettled"]
    assert await store.there({SLOT: keys}) == {SLOT: ("e1", False)}
    await commit(store, an_entry(writes=[score(KEY, "m", 1)], records=b"r"))
    assert await store.there({SLOT: keys}) == {SLOT: ("e1", True)}
    assert await store.there({SLOT: waiting}) == {SLOT: ("e1", True)}
    await commit(store, an_entry("e-2", writes=[unscore(KEY, "m")]))
    await store.settle({SLOT: Settlement("e1", {"e-1": "d"}, (), {})})
    assert await store.there({SLOT: keys + waiting}) == {SLOT: ("e1", False)}


async def check_absent_key_guards(store: Store) -> None:
    await opened(store)
    first = an_entry("a", writes=[put(KEY, a=1)], relies=[absent(KEY)], records=b"r")
    second = an_entry("b", writes=[put(KEY, a=2)], relies=[absent(KEY)], records=b"r")
    assert await commit(store, first, second) == [Committed(), Conflict()]
    assert (await fields(store))["a"] == "1"


async def check_absent_field_guards(store: Store) -> None:
    await opened(store)
    entries = [
        an_entry(id_, writes=[put(KEY, **{name: 1})], relies=[absent(KEY, name)], records=b"r")
        for id_, name in (("a", "x"), ("b", "y"), ("c", "x"))
    ]
    assert await commit(store, *entries) == [Committed(), Committed(), Conflict()]


async def check_field_is_guards(store: Store) -> None:
    await opened(store)
    await commit(store, an_entry("a", writes=[put(KEY, a=1)]))
    wrong = an_entry("b", writes=[put(KEY, a=9)], relies=[field_is(KEY, "a", 2)])
    right = an_entry("c", writes=[put(KEY, a=3)], relies=[field_is(KEY, "a", 1)])
    missing = an_entry("d", writes=[put(KEY, a=9)], relies=[field_is(OTHER, "a", 1)])
    assert await commit(store, wrong, right, missing) == [Conflict(), Committed(), Conflict()]
    assert (await fields(store))["a"] == "3"


async def check_field_below_guards(store: Store) -> None:
    await opened(store)
    entries = [
        an_entry(str(n), writes=[put(KEY, n=n)], relies=[field_below(KEY, "n", n)])
        for n in (3, 3, 2, 10, 4)
    ]
    replies = await commit(store, *entries)
    assert replies == [Committed(), Conflict(), Conflict(), Committed(), Conflict()]
    assert (await fields(store))["n"] == "10"


async def check_a_number_is_what_a_value_begins_with(store: Store) -> None:
    await opened(store)
    entries = [
        an_entry(said, writes=[put(KEY, n=said)], relies=[field_below(KEY, "n", int(said[:2]))])
        for said in ("9  of 12", "10 of 12", "10", "11")
    ]
    replies = await commit(store, *entries)
    assert replies == [Committed(), Committed(), Conflict(), Committed()]


async def check_change_whose_guard_fails_is_dropped_alone(store: Store) -> None:
    await opened(store)
    await commit(store, an_entry("a", writes=[put(KEY, a=1)], aggregate=KEY))
    known = Change(aggregate=KEY, guards=(absent(KEY, "a"),), writes=(put(KEY, a=2),))
    fresh = Change(
        aggregate=KEY,
        guards=(absent(KEY, "b"),),
        writes=(put(KEY, b=2), increment(KEY, {"sum": 5})),
    )
    entry = CommitEntry("b", "d", (), (), (known, fresh), b"r")
    assert await commit(store, entry) == [Committed()]
    assert await fields(store) == {"a": "1", "b": "2", "sum": "5", "rev": "2"}


async def check_each_of_several_fields_is_added_to(store: Store) -> None:
    await opened(store)
    await commit(store, an_entry("a", writes=[increment(KEY, {"x": 2, "y": -1})]))
    await commit(store, an_entry("b", writes=[increment(KEY, {"y": 3})]))
    assert await fields(store) == {"x": "2", "y": "2"}


async def check_a_write_may_have_thousands_of_fields(store: Store) -> None:
    await opened(store)
    many = {f"f{number}": number for number in range(6000)}
    await commit(store, an_entry("a", writes=[put_fields(KEY, many), increment(KEY, many)]))
    await commit(store, an_entry("b", writes=[drop_fields(KEY, *list(many)[:5999])]))
    assert await fields(store) == {"f5999": "11998"}


async def check_a_value_may_stand_for_bytes_that_are_no_text(store: Store) -> None:
    await opened(store)
    said = bytes(range(256)).decode(errors="surrogateescape")
    await commit(store, an_entry("a", writes=[put(KEY, a=said)]))
    assert await fields(store) == {"a": said}


async def check_fields_only_move_forward(store: Store) -> None:
    await opened(store)
    for number, (x, y) in enumerate(((9, 20), (10, 3), (2, 20))):
        await commit(store, an_entry(str(number), writes=[advance(KEY, {"x": x, "y": y})]))
    assert await fields(store) == {"x": "10", "y": "20"}
    await commit(store, an_entry("words", writes=[put(KEY, x="10 of many")]))
    for number in (9, 10):
        await commit(store, an_entry(f"to {number}", writes=[advance(KEY, {"x": number})]))
    assert (await fields(store))["x"] == "10 of many"
    await commit(store, an_entry("to 11", writes=[advance(KEY, {"x": 11})]))
    assert (await fields(store))["x"] == "11"


async def check_of_numbers_with_text_the_highest_stands_in_any_order(store: Store) -> None:
    await opened(store)
    for at, order in enumerate(permutations(("9 z", "10 a", "10 b"))):
        for text in order:
            await commit(store, an_entry(f"{at} {text}", writes=[advance(KEY, {str(at): text})]))
        assert (await fields(store))[str(at)] == "10 b"


async def check_of_entries_the_highest_stay_in_any_order(store: Store) -> None:
    await opened(store)
    entries = ("c3", "Z9", "a1", "b7", "_4")
    for at, order in enumerate(permutations(entries)):
        names = f"{at}:0", f"{at}:1"
        writes = [keep_highest(KEY, entry, names, each=2) for entry in (*order, order[0])]
        await commit(store, an_entry(f"{at}", writes=writes))
    held = await fields(store)
    assert {held[f"{at}:0"] + held[f"{at}:1"] for at in range(120)} == {"c3b7a1_4"}


async def check_moved_revision_is_a_conflict(store: Store) -> None:
    await opened(store)
    await commit(store, an_entry("a", writes=[put(KEY, a=1)], aggregate=KEY))
    stale = an_entry("b", writes=[put(KEY, a=2)], reads=[(KEY, "0")], aggregate=KEY)
    fresh = an_entry("c", writes=[put(KEY, a=3)], reads=[(KEY, "1")], aggregate=KEY)
    assert await commit(store, stale) == [Conflict()]
    assert await commit(store, fresh) == [Committed()]


async def check_attempts_are_counted_until_settled(store: Store) -> None:
    await opened(store)
    for expected in (1, 2):
        loaded = await store.load({SLOT: Request(ids=("e-1",), counted=("e-1",))})
        assert loaded[SLOT].attempts == {"e-1": expected}
    await store.settle({SLOT: Settlement("e1", {}, ("e-1",), {})})
    loaded = await store.load({SLOT: Request(counted=("e-1",))})
    assert loaded[SLOT].attempts == {"e-1": 1}


async def check_due_members_are_moved_on(store: Store) -> None:
    await opened(store)
    ranking = f"{SLOT}:deadlines"
    await commit(store, an_entry(writes=[score(ranking, "a", 10), score(ranking, "b", 99)]))
    assert await store.due(SLOT, ranking, due_ms=50, again_ms=80, count=9) == [("a", 10)]
    assert await store.due(SLOT, ranking, due_ms=50, again_ms=80, count=9) == []


async def check_a_key_that_was_to_expire_can_be_kept(store: Store) -> None:
    await opened(store)
    await commit(store, an_entry(writes=[put(KEY, a=1), forget(KEY, 1)]))
    await commit(store, an_entry("e-2", writes=[keep(KEY), put(KEY, b=2)]))
    assert await fields(store) == {"a": "1", "b": "2"}


CHECKS: tuple[Check, ...] = tuple(
    found for name, found in list(globals().items()) if name.startswith("check_")
)
