"""The function library is replaced by a newer one only: replacing it closes every epoch."""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from shared.state import library
from shared.state.commit import RedisStore
from tests.architecture.source import text_files

SLOT = "{test:main}"
WITHOUT_VERSION = (Path(__file__).parent / "libraries" / "without_version.lua").read_text()
"""The library as builds loaded it that knew no versions: with its comments."""

NEWER = library.VERSION + 1

DIGESTS = {
    1: "a4419d7dc95555f1869144b7f1daaf603e58f5bde35c0c17a767653465d57c11",
    2: "c5f20a4a977d7f351d5c8401b31117cc4fa5e5f1dd6d090b7a8a360dca117de8",
    3: "68fa9ff9114dd397e0f4969fcf479c7ff292a25d02a100e2543ae4f7734ef9f1",
    4: "47aea29edfaa23ead1abeaf34084b77c8cae15c8ba8708572e2d4d6dacb9ea65",
    5: "105e948fbbadc74fe985e08545ffc6e0ad94032c086f2fccc89463dc5bd5af25",
}
"""Of each version's code: code that changes without its version would be replaced in turn."""


@contextmanager
def build_of_version(number: int) -> Iterator[None]:
    """The library of another build: another version, and a function that only it has."""
    more = "redis.register_function('sentuh_more', epoch)\n"
    source = library.with_version(library.SOURCE + more, number)
    with mock.patch.object(library, "SOURCE", source):
        yield


async def opened(client: Redis) -> RedisStore:
    """A store whose slot is open; whoever replaces the library closes it."""
    store = RedisStore(client)
    await store.prepare()
    assert await store.lead(SLOT, "t-1", seconds=60)
    assert await store.open(SLOT, "t-1", "e-1")
    return store


async def load_as_it_is(client: Any, source: str) -> None:
    await client.execute_command("FUNCTION LOAD", "REPLACE", source)


async def code_in(client: Any) -> str:
    reply = await client.execute_command("FUNCTION LIST", "WITHCODE")
    return library.code_in(reply) or ""


def test_code_that_changes_raises_its_version() -> None:
    digest = hashlib.sha256(library.SOURCE.encode()).hexdigest()

    assert DIGESTS.get(library.VERSION) == digest, (
        "the code in shared/state/lua/ is another than before: raise library.VERSION and add its"
        f" digest here ({digest}); a version that was released keeps its code"
    )


def test_what_builds_without_versions_loaded_is_version_1() -> None:
    first = library.without_comments(WITHOUT_VERSION)
    assert hashlib.sha256(first.encode()).hexdigest() == DIGESTS[1]
    assert library.version_of(WITHOUT_VERSION) == 1


def test_comments_blank_lines_and_indentation_are_no_part_of_the_code() -> None:
    plain = "#!lua name=x\nlocal a = 1\nreturn a\n"
    told = "#!lua name=x\n-- why\n\n  local a = 1  -- one\n\n\treturn a\n"

    assert library.without_comments(told) == library.without_comments(plain) == plain


@pytest.mark.parametrize(
    "text", ["'a -- b'", '"a -- b"', r"'it\'s -- b'", "'\"' .. '--'", "'^-?%d+'"]
)
def test_two_dashes_in_a_text_begin_no_comment(text: str) -> None:
    assert library.without_comments(f"#!lua name=x\nlocal a = {text} -- why\n") == (
        f"#!lua name=x\nlocal a = {text}\n"
    )


def test_every_lua_file_is_loaded_and_has_no_long_comment_or_text() -> None:
    assert {path.stem for path in library.FOLDER.iterdir()} == set(library.FILES)
    assert "[[" not in library.joined(library.FILES)
    assert "[=" not in library.joined(library.FILES)


def test_a_lua_file_has_at_most_300_lines() -> None:
    long = [
        path
        for path, text in text_files()
        if path.startswith("shared/") and path.endswith(".lua") and text.count("\n") > 300
    ]

    assert not long, f"{long}: split each by what its functions do"


def test_the_version_is_read_from_the_code_that_carries_it() -> None:
    assert library.version_of(library.SOURCE) == library.VERSION
    assert library.version_of(library.with_version("#!lua name=x\nreturn 1\n", 7)) == 7


async def test_the_same_library_stays_and_so_does_every_epoch(client: Redis) -> None:
    store = await opened(client)

    await RedisStore(client).prepare()

    assert await store.epoch(SLOT) == "e-1"


async def test_the_library_of_a_build_without_versions_stays(client: Redis) -> None:
    """That build compares the text with its comments: were ours loaded, it would put its own back
    whenever one of its processes starts, and every epoch would be closed each time.
    """
    first = library.without_comments(WITHOUT_VERSION)
    await load_as_it_is(client, WITHOUT_VERSION)
    with mock.patch.object(library, "SOURCE", first):
        store = await opened(client)

        await RedisStore(client).prepare()

    assert await store.epoch(SLOT) == "e-1"
    assert await code_in(client) == WITHOUT_VERSION


async def test_a_library_without_version_is_replaced_as_the_oldest(client: Redis) -> None:
    await load_as_it_is(client, WITHOUT_VERSION)

    await RedisStore(client).prepare()

    assert await code_in(client) == library.SOURCE


async def test_a_newer_library_replaces_an_older_one_once(client: Redis) -> None:
    store = await opened(client)

    with build_of_version(NEWER):
        await RedisStore(client).prepare()
        assert await store.epoch(SLOT) is None
        await opened(client)
        await RedisStore(client).prepare()
        assert await store.epoch(SLOT) == "e-1"
        assert await code_in(client) == library.SOURCE


async def test_an_older_build_that_starts_again_leaves_the_newer_library_in_use(
    client: Redis,
) -> None:
    with build_of_version(NEWER):
        await opened(client)
        newer = library.SOURCE

    older = RedisStore(client)
    await older.prepare()

    assert await older.epoch(SLOT) == "e-1"
    assert await code_in(client) == newer


async def test_builds_of_two_versions_that_run_side_by_side_close_each_others_epochs_no_more(
    client: Redis,
) -> None:
    """Each starts again and again; after the newer one came first, nothing is closed."""
    await opened(client)
    with build_of_version(NEWER):
        await RedisStore(client).prepare()
        store = await opened(client)

    for _ in range(3):
        await RedisStore(client).prepare()
        with build_of_version(NEWER):
            await RedisStore(client).prepare()

    assert await store.epoch(SLOT) == "e-1"


async def test_a_build_whose_function_is_missing_loads_its_library(client: Redis) -> None:
    """An older process loaded its library after Redis had lost all; the newer one finds out."""
    store = await opened(client)

    with build_of_version(NEWER):
        failure = ResponseError("Function not found")
        assert "Redis did not answer" in str(
            await store._trouble(("sentuh_more", [SLOT], []), failure)
        )
        assert await code_in(client) == library.SOURCE


async def test_code_under_work_replaces_the_same_version(client: Redis) -> None:
    await opened(client)

    with build_of_version(library.VERSION):
        await RedisStore(client).prepare()
        assert await code_in(client) == library.SOURCE


async def test_processes_that_start_at_once_load_it_once(client: Redis) -> None:
    """The second one finds what the first has loaded, and its epochs, and lets it stand."""
    listing = library._loaded
    seen_empty = iter([True])

    async def empty_at_first(*_: object, **__: object) -> str | None:
        return None if next(seen_empty, False) else await listing(client)

    store = await opened(client)
    with mock.patch.object(library, "_loaded", empty_at_first):
        await RedisStore(client).prepare()

    assert next(seen_empty, None) is None
    assert await store.epoch(SLOT) == "e-1"


async def test_many_starts_at_once_end_with_one_library(client: Redis) -> None:
    await asyncio.gather(*(RedisStore(client).prepare() for _ in range(5)))

    assert await code_in(client) == library.SOURCE
