"""A view tells a key that holds nothing from a key nobody loaded."""

from collections.abc import Callable

import pytest

from shared.state.view import Twin, View


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
