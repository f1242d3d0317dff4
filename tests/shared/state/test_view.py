"""A view tells a key that holds nothing from a key nobody loaded."""

from collections.abc import Callable

import pytest

from shared.state.ranking import Ranking
from shared.state.twin import Twin
from shared.state.view import View


def test_a_key_that_was_loaded_and_holds_nothing_is_loaded() -> None:
    view = View({"empty": ("hash", {}), "full": ("set", {"a"})})

    assert view.is_loaded("empty", "full")
    assert view.hash("empty") == {}
    assert not view.is_loaded("full", "other")


@pytest.mark.parametrize("read", [View.hash, View.set, View.ranking])
def test_reading_a_key_that_was_not_loaded_is_a_bug_that_names_its_fix(
    read: Callable[[View, str], object],
) -> None:
    with pytest.raises(KeyError, match="other was not loaded: name it in the row's load"):
        read(View({"empty": ("hash", {})}), "other")


def test_a_write_to_a_key_does_not_load_it() -> None:
    view = View()
    view.write(("SADD", "other", "member"))

    assert not view.is_loaded("other")


def test_a_whole_store_has_every_key_loaded() -> None:
    assert Twin().is_loaded("any")
    assert Twin().hash("any") == {}


WRITES = (
    ("HSET", "h", "a", "2"),
    ("HDEL", "h", "a"),
    ("HINCRBY", "h", "a", "2"),
    ("HMAX", "h", "a", "2"),
    ("HTOP", "h", "2", "1", "a"),
    ("SADD", "s", "two"),
    ("SREM", "s", "one"),
    ("ZADD", "z", "2", "one"),
    ("ZREM", "z", "one"),
)


@pytest.mark.parametrize("write", WRITES)
def test_what_was_built_of_keys_is_built_again_once_a_write_touches_one(
    write: tuple[str, ...],
) -> None:
    view = View({"h": ("hash", {"a": "1"}), "s": ("set", {"one"}), "z": ("zset", Ranking(one=1))})

    def all_of() -> str:
        return f"{view.hash('h')} {view.set('s')} {view.ranking('z')}"

    before = view.built(("h", "s", "z"), all_of)
    assert view.built(("h", "s", "z"), all_of) is before
    view.write(("HSET", "other", "a", "2"))
    assert view.built(("h", "s", "z"), all_of) is before

    view.write(write)

    assert view.built(("h", "s", "z"), all_of) == all_of() != before


def test_what_was_built_of_a_key_is_built_again_once_it_is_loaded_again() -> None:
    view = View({"h": ("hash", {"a": "1"})})
    view.built(("h",), lambda: view.field("h", "a"))

    view.learn({"h": ("hash", {"a": "2"})})

    assert view.built(("h",), lambda: view.field("h", "a")) == "2"
