"""A service's Redis user may do what the function does, on its own keys, and nothing else."""

import re
from collections.abc import Iterator

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError

from sentuh.__main__ import main
from sentuh.broker.users import AUDITOR, IN_FUNCTIONS, USERS, rules
from sentuh.embedded.servers import Valkey
from shared.connect.access import RedisAccess
from shared.contracts.errors import TransientError
from shared.contracts.topics import SERVICES
from shared.kafka.losses import lost_key
from shared.state import library
from shared.state.changes import Change, keep
from shared.state.commit import RedisStore
from tests.shared.state.conformance import CHECKS, SLOT
from tests.shared.state.conformance_calls import CALLS
from tests.shared.state.conformance_epochs import EPOCHS


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with Valkey() as server:
        with Redis.from_url(server.url) as admin:
            for user in (*USERS, "test"):
                admin.execute_command("ACL", "SETUSER", user, "on", ">pw", *rules(user).split())
        yield server


def test_everything_the_function_calls_is_allowed() -> None:
    called = set(re.findall(r"(?:redis\.call|in_parts|asked_of)\('([A-Z]+)'", library.SOURCE))
    by_kind = re.findall(r"(?:hash|set|zset) = \{?'([A-Z]+)'(?:, '([A-Z]+)')?", library.SOURCE)
    named = {name for pair in by_kind for name in pair if name}

    assert {name.lower() for name in called | named} == set(IN_FUNCTIONS)


async def test_the_whole_suite_passes_with_these_rights(valkey: Valkey) -> None:
    assert SLOT.startswith("{test:")
    for check in (*CHECKS, *CALLS, *EPOCHS):
        with Redis.from_url(valkey.url) as admin:
            admin.flushall()
            admin.function_flush()
        client = RedisAccess(valkey.url, user="test", password="pw").client()
        store = RedisStore(client)
        await store.prepare()
        await check(store)
        await client.aclose()


async def test_what_a_user_of_before_may_not_call_is_named(valkey: Valkey) -> None:
    """PERSIST came later: whoever has not given the users their new rights reads it in the log."""
    before = [rule for rule in rules("router").split() if rule != "+persist"]
    with Redis.from_url(valkey.url) as admin:
        admin.execute_command("ACL", "SETUSER", "before", "on", ">pw", *before)
    client = RedisAccess(valkey.url, user="before", password="pw").client()
    store = RedisStore(client)
    await store.prepare()
    assert await store.lead("{router}", "me", seconds=10)
    kept = Change(aggregate=None, guards=(), writes=(keep("{router}:thing"),))

    with pytest.raises(TransientError, match="no permissions to run the 'persist' command"):
        await store.fold("{router}", "me", [kept])
    await client.aclose()


@pytest.mark.parametrize(
    "command",
    [
        ("HGET", "{router}:incarnations", "x"),
        ("FLUSHALL",),
        ("CONFIG", "GET", "*"),
        ("KEYS", "*"),
        ("EVAL", "return 1", "0"),
        ("ACL", "LIST"),
    ],
)
def test_a_service_is_denied_others_keys_and_the_server(
    command: tuple[str, ...], valkey: Valkey
) -> None:
    with (
        Redis.from_url(valkey.url, username="payout", password="pw") as payout,
        pytest.raises(NoPermissionError),
    ):
        payout.execute_command(*command)


def test_the_auditor_reads_what_was_lost_and_writes_nothing(valkey: Valkey) -> None:
    with Redis.from_url(valkey.url) as admin:
        admin.execute_command("ACL", "SETUSER", AUDITOR, "on", ">pw", *rules(AUDITOR).split())
    with Redis.from_url(valkey.url, username=AUDITOR, password="pw") as auditor:
        for service in SERVICES:
            assert auditor.hgetall(lost_key(f"{{{service}}}")) == {}
        with pytest.raises(NoPermissionError):
            auditor.hset(lost_key("{payout}"), "tasks:0:0:0", 1)
        with pytest.raises(NoPermissionError):
            auditor.hgetall("{router}:incarnations")


def test_the_command_prints_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["redis", "users"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[2] for line in lines] == list(USERS)
