"""What loading means in every store: what is found, what is followed, how far it is read."""

from shared.state.changes import (
    REVISION,
    Read,
    add,
    count_of,
    drop_fields,
    hash_of,
    lowest,
    page,
    page_name,
    put,
    put_fields,
    remove,
    score,
    set_of,
    unscore,
)
from shared.state.part import coming, part_of, whole_at, whole_unless, whole_with
from shared.state.store import Request, Store
from shared.state.view import View
from tests.shared.state.conformance import KEY, OTHER, SLOT, Check, an_entry, commit, opened


async def check_sets_and_rankings_are_written_and_followed(store: Store) -> None:
    await opened(store)
    ranking, group = f"{SLOT}:ranking", f"{SLOT}:group"
    writes = [
        score(ranking, "2", 20),
        score(ranking, "1", 10),
        score(ranking, "3", 30),
        add(group, "1", "9"),
        remove(group, "9"),
        put(KEY, a=1),
        put(OTHER, a=2, b=3),
        drop_fields(OTHER, "b"),
        score(ranking, "4", 5),
        unscore(ranking, "4"),
    ]
    await commit(store, an_entry(writes=writes))
    things = (hash_of(f"{SLOT}:thing:"),)
    reads = (lowest(ranking, take=2, then=things), set_of(group, then=things))
    data = (await store.load({SLOT: Request(reads=reads)}))[SLOT].data
    assert list(data[ranking][1].items()) == [("1", 10), ("2", 20)]  # type: ignore[union-attr]
    assert data[group][1] == {"1"}
    assert data[KEY][1] == {"a": "1"}
    assert data[OTHER][1] == {"a": "2"}
    assert f"{SLOT}:thing:3" not in data


async def check_of_a_ranking_no_more_is_followed_than_a_read_takes(store: Store) -> None:
    await opened(store)
    ranking, group = f"{SLOT}:ranking:1", f"{SLOT}:group"
    things = (hash_of(f"{SLOT}:thing:"),)
    writes = [score(ranking, "1", 10), score(ranking, "2", 20), add(group, "1")]
    await commit(store, an_entry(writes=[*writes, put(KEY, a=1), put(OTHER, a=2)]))
    followed = lowest(f"{SLOT}:ranking:", take=1, then=things)
    reads = (lowest(ranking, take=2), set_of(group, then=(followed,)))
    data = (await store.load({SLOT: Request(reads=reads)}))[SLOT].data
    assert list(data[ranking][1]) == ["1", "2"]
    assert KEY in data
    assert OTHER not in data


async def check_load_follows_one_field_of_a_hash(store: Store) -> None:
    await opened(store)
    named = f"{SLOT}:named"
    await commit(store, an_entry(writes=[put(named, rules="1", other="2"), put(KEY, a=1)]))
    things = (hash_of(f"{SLOT}:thing:"),)
    for field, found in (("rules", {"a": "1"}), ("nothing", None)):
        reads = (hash_of(named, field=field, then=things),)
        data = (await store.load({SLOT: Request(reads=reads)}))[SLOT].data
        assert data[named][1] == {"rules": "1", "other": "2"}
        assert data.get(KEY, ("", None))[1] == found
        assert f"{SLOT}:thing:2" not in data


async def check_load_follows_what_fields_that_begin_alike_are_named_for(store: Store) -> None:
    await opened(store)
    named = f"{SLOT}:named"
    said = {"seat:1": "9 x", "seat:2": "9", "other:2": "9 x", "seat:": "9 x", "seat:3:2": "9 "}
    await commit(store, an_entry(writes=[put_fields(named, said), put(KEY, a=1), put(OTHER, a=2)]))
    reads = (hash_of(named, field="seat:", then=(hash_of(f"{SLOT}:thing:"),)),)
    data = (await store.load({SLOT: Request(reads=reads)}))[SLOT].data
    assert set(data) == {named, KEY, f"{SLOT}:thing:3"}, "what says one word is not followed"
    assert data[KEY][1] == {"a": "1"}


async def check_load_follows_the_second_word_of_fields_that_end_alike(store: Store) -> None:
    await opened(store)
    named = f"{SLOT}:named"
    said = {"0.turn": "9 1 x", "1.turn": "3", "1.ended": "3 2", "12.turn": "4 3"}
    await commit(store, an_entry(writes=[put_fields(named, said), put(KEY, a=1), put(OTHER, a=2)]))
    reads = (hash_of(named, field=".turn", then=(hash_of(f"{SLOT}:thing:"),)),)
    data = (await store.load({SLOT: Request(reads=reads)}))[SLOT].data
    assert set(data) == {named, KEY, f"{SLOT}:thing:3"}, "what says one word is not followed"
    assert data[KEY][1] == {"a": "1"}


async def check_what_follows_may_ask_that_a_field_holds_a_text(store: Store) -> None:
    await opened(store)
    named, things = f"{SLOT}:named", f"{SLOT}:thing:"
    said = {"seat:1": "9 x", "seat:2": "9 #x", "seat:3": "#", "rules": "1"}
    await commit(store, an_entry(writes=[put_fields(named, said), put(KEY, a=1), put(OTHER, a=2)]))
    then = hash_of(things, holding="#"), hash_of(f"{SLOT}:all:")
    whole = await _loaded(store, hash_of(named, field="seat:", then=then))
    assert set(whole) == {named, OTHER, f"{SLOT}:all:1", f"{SLOT}:all:2"}
    words = whole_with("rules"), coming("seat:4:a"), coming("seat:1")
    whole = await _loaded(store, part_of(named, *words, field="seat:", then=then))
    assert set(whole) == {named, OTHER, *(f"{SLOT}:all:{number}" for number in (1, 2, 4))}
    assert set(await _loaded(store, hash_of(named, field="rules", then=then))) == {
        named,
        f"{SLOT}:all:1",
    }


async def check_a_part_inside_another_is_of_one_hash_whoever_leads_to_it(store: Store) -> None:
    await opened(store)
    named, other, things = f"{SLOT}:named", f"{SLOT}:other", (hash_of(f"{SLOT}:thing:"),)
    writes = [put_fields(named, {"seat:9": "9 x"}), put_fields(other, {"a": "1", "seat:1": "9 x"})]
    await commit(store, an_entry(writes=[*writes, put(KEY, a=1)]))
    for field, more in (("a", {f"{SLOT}:thing:1"}), ("b", set())):
        inside = part_of(other, whole_with(field), field="seat:", then=things)
        read = hash_of(named, field="seat:", then=(inside,))
        assert set(await _loaded(store, read)) == {named, other, *more}


async def check_what_records_spare_of_a_ranking_is_taken_once(store: Store) -> None:
    await opened(store)
    ranking = f"{SLOT}:ranking"
    await commit(store, an_entry(writes=[score(ranking, str(at), at) for at in range(9)]))
    reads = [lowest(ranking, take=1, spare=2)] * 3
    data = (await store.load({SLOT: Request(reads=tuple(reads))}))[SLOT].data
    assert list(data[ranking][1]) == ["0", "1", "2", "3", "4"]


async def check_a_ranking_of_equal_scores_is_read_in_pages(store: Store) -> None:
    await opened(store)
    ranking = f"{SLOT}:ranking"
    await commit(store, an_entry(writes=[score(ranking, name, 0) for name in "3142"]))
    await commit(store, an_entry("e-2", writes=[put(KEY, a=1), put(OTHER, a=2)]))
    things = (hash_of(f"{SLOT}:thing:"),)
    reads = [page(ranking, after, take=2, then=things) for after in ("", "2", "4", "2")]
    data = (await store.load({SLOT: Request(reads=tuple(reads))}))[SLOT].data
    found = [data[page_name(ranking, after)] for after in ("", "2", "4")]
    assert found == [("set", {"1", "2"}), ("set", {"3", "4"}), ("set", set())]
    assert data[KEY][1] == {"a": "1"}
    assert data[OTHER][1] == {"a": "2"}


async def check_a_ranking_is_counted_whatever_is_read_of_it(store: Store) -> None:
    await opened(store)
    ranking, none = f"{SLOT}:ranking", f"{SLOT}:nothing"
    await commit(store, an_entry(writes=[score(ranking, str(at), at) for at in range(9)]))
    reads = (lowest(ranking, take=2), count_of(ranking), count_of(none))
    view = View((await store.load({SLOT: Request(reads=reads)}))[SLOT].data)
    assert view.count(ranking) == 9
    assert view.count(none) == 0
    assert list(view.ranking(ranking)) == ["0", "1"]


def _entry(*members: str, entries: tuple[str, ...] = ()) -> tuple[Read, ...]:
    """Return the reads of a hash to which these members are to come, one for each."""
    return tuple(
        part_of(
            f"{SLOT}:named",
            whole_with("closed"),
            whole_at("wanted", "2"),
            coming(f"given:{member}:c"),
            *entries,
            field="given:",
            then=(hash_of(f"{SLOT}:thing:"),),
        )
        for member in members
    )


async def check_of_many_entries_none_is_loaded_until_all_are_needed(store: Store) -> None:
    await opened(store)
    named, things = f"{SLOT}:named", {f"{SLOT}:thing:{n}" for n in "12"}
    facts = {"wanted": "3", "rules": "yes"}
    given = {"given:1:a": "2 x", "given:8:a": "1 y", "given:9:b": "2"}  # the first alone counts
    await commit(store, an_entry(writes=[put_fields(named, {**facts, **given})]))
    assert (await _loaded(store, *_entry("2")))[named] == facts
    assert (await _loaded(store, *_entry("2", entries=("given:9:b", "given:7:z"))))[named] == {
        **facts,
        "given:9:b": "2",
    }
    # Two are to come: with the one that is there they are as many as wanted.
    whole = await _loaded(store, *_entry("2", "4"))
    assert whole[named] == {**facts, **given}
    assert set(whole) == {named, *things, f"{SLOT}:thing:4", f"{SLOT}:thing:8"}
    assert set(await _loaded(store, *_entry("2", "2"))) == {named}, "one entry counts once"


async def check_an_entry_to_come_that_is_there_is_loaded_and_counts_once(store: Store) -> None:
    await opened(store)
    named = f"{SLOT}:named"
    facts = {"wanted": "3", "given:1:c": "2 x", "given:2:c": "1 y", "given:3:c": "2 z"}
    await commit(store, an_entry(writes=[put_fields(named, facts)]))
    assert (await _loaded(store, *_entry("1")))[named] == {"wanted": "3", "given:1:c": "2 x"}
    assert (await _loaded(store, *_entry("2")))[named] == facts, "it is to come in another form"


async def check_a_hash_with_one_field_is_loaded_whole_whatever_is_to_come(store: Store) -> None:
    await opened(store)
    named = f"{SLOT}:named"
    facts = {"wanted": "9", "closed": "0", "given:1:a": "2 x"}
    await commit(store, an_entry(writes=[put_fields(named, facts)]))
    whole = await _loaded(store, *_entry("2"))
    assert whole[named] == facts
    assert set(whole) == {named, f"{SLOT}:thing:1", f"{SLOT}:thing:2"}


async def check_a_hash_with_one_field_is_never_whole_whatever_is_to_come(store: Store) -> None:
    await opened(store)
    named = f"{SLOT}:named"
    facts = {"wanted": "1", "closed": "0", "second": "5", "given:1:a": "2 x", "given:8:c": "2 y"}
    await commit(store, an_entry(writes=[put_fields(named, facts)]))
    part = await _loaded(store, *_entry("2", "8", entries=(whole_unless("second"),)))
    assert part == {named: {n: said for n, said in facts.items() if n != "given:1:a"}}
    whole = await _loaded(store, *_entry("2", entries=(whole_unless("third"),)))
    assert whole[named] == facts


async def check_another_read_of_a_hash_loads_it_whole_for_a_part_too(store: Store) -> None:
    await opened(store)
    named = f"{SLOT}:named"
    facts = {"wanted": "9", "given:1:a": "2 x"}
    await commit(store, an_entry(writes=[put_fields(named, facts)]))
    whole = await _loaded(store, *_entry("2"), hash_of(named))
    assert whole[named] == facts
    assert set(whole) == {named, f"{SLOT}:thing:1", f"{SLOT}:thing:2"}


async def check_an_entry_to_come_is_followed_wherever_it_stands(store: Store) -> None:
    await opened(store)
    named, then = f"{SLOT}:named", (hash_of(f"{SLOT}:thing:"),)
    await commit(store, an_entry(writes=[put(named, closed="yes")]))
    words = (coming("given:1:a"), whole_with("closed"), coming("given:2:a"))
    whole = await _loaded(store, part_of(named, *words, field="given:", then=then))
    assert set(whole) == {named, f"{SLOT}:thing:1", f"{SLOT}:thing:2"}


async def check_a_part_of_nothing_is_nothing(store: Store) -> None:
    await opened(store)
    assert await _loaded(store, *_entry("2")) == {f"{SLOT}:named": {}}


async def _loaded(store: Store, *reads: Read) -> dict[str, object]:
    """Return what a load of these brings, by key, without revisions."""
    data = (await store.load({SLOT: Request(reads=reads)}))[SLOT].data
    return {key: _without_revision(value) for key, (_, value) in data.items()}


def _without_revision(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {name: field for name, field in value.items() if name != REVISION}


READS: tuple[Check, ...] = tuple(
    found for name, found in list(globals().items()) if name.startswith("check_")
)
