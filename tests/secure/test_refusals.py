"""What is refused ends a service with one line that names setting and fix, and no secret."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis

from sentuh.broker.acls import grant
from sentuh.broker.topics import apply, plan
from sentuh.broker.users import rules
from sentuh.embedded.child import free_port
from sentuh.embedded.servers import Valkey
from sentuh.history.topic_reader import present
from shared.connect.access import KafkaAccess
from shared.connect.tls import TlsFiles
from shared.contracts.errors import SettingError
from shared.contracts.rights import rights
from shared.contracts.topics import Names
from tests.secure.authority import Authority
from tests.secure.broker import SecureKafka, secret_of
from tests.secure.server import tls_server, why_no_tls
from tests.support.old_redis import OldRedis

pytestmark = pytest.mark.slow

PREFIX = "r-"
SECRET = "hunter2-of-redis"
LINES_MAX = 10
"""So few lines of log at most: nothing is tried again and again."""


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with Valkey() as server:
        with Redis.from_url(server.url) as admin:
            admin.execute_command(
                "ACL", "SETUSER", "payout", "on", f">{SECRET}", *rules("payout").split()
            )
            admin.execute_command("ACL", "SETUSER", "guest", "on", f">{SECRET}", "~*", "+ping",
                                  "+client|setname")  # fmt: skip
        yield server


@pytest.fixture(scope="module")
async def topics(broker: SecureKafka) -> None:
    """The topics, and payout's rights."""
    await apply(broker.bootstrap, Names(PREFIX))
    await grant(broker.access("admin"), rights(Names(PREFIX), ["payout"]))


def environment_of(access: KafkaAccess, redis: dict[str, str]) -> dict[str, str]:
    """The environment of a payout."""
    return {
        "SENTUH_KAFKA_BOOTSTRAP_SERVERS": access.servers,
        "SENTUH_KAFKA_SECURITY": access.security,
        "SENTUH_KAFKA_USER": access.user,
        "SENTUH_KAFKA_PASSWORD": access.password,
        "SENTUH_KAFKA_CA_FILE": access.tls_files.ca,
        "SENTUH_KAFKA_CERTIFICATE_FILE": access.tls_files.certificate,
        "SENTUH_KAFKA_KEY_FILE": access.tls_files.key,
        "SENTUH_TOPIC_PREFIX": PREFIX,
        "SENTUH_PAYOUT_HTTP_HOST": "127.0.0.1",
        "SENTUH_PAYOUT_HTTP_PORT": str(free_port()),
        "SENTUH_START_SECONDS": "60",
        **redis,
    }


def refused(settings: dict[str, str]) -> str:
    """The one line a payout ends with."""
    with tempfile.TemporaryFile("w+") as out:
        done = subprocess.run(
            [sys.executable, "-m", "services.payout"],
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ".", **settings},
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=400,
        )
        out.seek(0)
        logged = out.read()
    assert done.returncode != 0
    assert len(logged.splitlines()) <= LINES_MAX, logged
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    for secret in (SECRET, secret_of("payout"), "wrong-secret"):
        assert secret not in done.stderr + logged
    return lines[0]


def as_payout(valkey: Valkey) -> dict[str, str]:
    return {
        "SENTUH_REDIS_URL": valkey.url,
        "SENTUH_REDIS_USER": "payout",
        "SENTUH_REDIS_PASSWORD": SECRET,
    }


KAFKA_FAULTS = {
    "wrong password": "SENTUH_KAFKA_USER, SENTUH_KAFKA_PASSWORD: ",
    "untrusted certificate": "SENTUH_KAFKA_CA_FILE: ",
    "no certificate of ours": "SENTUH_KAFKA_CERTIFICATE_FILE: ",
    "a certificate of a stranger": "SENTUH_KAFKA_CERTIFICATE_FILE: ",
    "SASL where there is none": "SENTUH_KAFKA_SECURITY: ",
    "missing rights": "SENTUH_KAFKA_USER: ",
    "missing rights by certificate": "SENTUH_KAFKA_CERTIFICATE_FILE: ",
    "unknown topics": "topics are missing",
    "TLS where we speak none": "SENTUH_KAFKA_SECURITY: what answers at",
    "a controller": "SENTUH_KAFKA_BOOTSTRAP_SERVERS: what answers at",
}


def kafka_fault(name: str, broker: SecureKafka, authority: Authority, home: Path) -> KafkaAccess:
    """How payout reaches Kafka where this is wrong."""
    good, mutual = broker.access("payout"), broker.access("payout", "SSL")
    stranger = Authority(home, "stranger")
    shown = stranger.signs("payout")
    ca = str(authority.file)
    found = {
        "wrong password": replace(good, password="wrong-secret"),
        "untrusted certificate": replace(good, tls_files=TlsFiles("KAFKA", str(stranger.file))),
        "no certificate of ours": replace(mutual, tls_files=TlsFiles("KAFKA", ca)),
        "a certificate of a stranger": replace(
            mutual, tls_files=TlsFiles("KAFKA", ca, str(shown.certificate), str(shown.key))
        ),
        "SASL where there is none": replace(
            broker.access("payout", "SASL_PLAINTEXT"), servers=broker.bootstrap
        ),
        "missing rights": broker.access("finance"),
        "missing rights by certificate": broker.access("finance", "SSL"),
        "unknown topics": good,
        "TLS where we speak none": KafkaAccess(broker.servers("SASL_SSL")),
        "a controller": KafkaAccess(f"127.0.0.1:{broker.controller_port}"),
    }
    return found[name]


@pytest.mark.usefixtures("topics")
@pytest.mark.parametrize("name", KAFKA_FAULTS)
def test_what_kafka_refuses_is_one_line(
    name: str, broker: SecureKafka, authority: Authority, valkey: Valkey, tmp_path: Path
) -> None:
    settings = environment_of(kafka_fault(name, broker, authority, tmp_path), as_payout(valkey))
    if name == "unknown topics":
        settings |= {"SENTUH_TOPIC_PREFIX": "nowhere-"}
        settings |= {"SENTUH_START_SECONDS": "5"}
        broker_rights(broker, "nowhere-")
    began = time.monotonic()

    said = refused(settings)

    print(f"{name} ({time.monotonic() - began:.1f} s): {said}")
    assert said.startswith(KAFKA_FAULTS[name])


def broker_rights(broker: SecureKafka, prefix: str) -> None:
    """Payout's rights on topics that are not there."""
    asyncio.run(grant(broker.access("admin"), rights(Names(prefix), ["payout"])))


@pytest.mark.usefixtures("topics")
async def test_who_may_not_read_a_history_is_told_the_right_and_the_role(
    broker: SecureKafka,
) -> None:
    """A broker lists to nobody what they may not know of: it would seem not to be there."""
    names, finance = Names(PREFIX), broker.access("finance")

    with pytest.raises(SettingError) as failure:
        await present(finance, names)
    with pytest.raises(SettingError) as of_plan:
        await plan(finance, names)

    assert str(failure.value).startswith("SENTUH_KAFKA_USER: ")
    assert f"Read topic {PREFIX}tasks" in str(failure.value)
    assert "`sentuh topics acls --role auditor`" in str(failure.value)
    assert f"Describe topic {PREFIX}tasks" in str(of_plan.value)
    assert "`sentuh topics acls --role topics-job`" in str(of_plan.value)


REDIS_FAULTS = {
    "wrong password": (
        {"SENTUH_REDIS_PASSWORD": "wrong-secret"},
        "SENTUH_REDIS_USER, SENTUH_REDIS_PASSWORD: ",
    ),
    "no rights": ({"SENTUH_REDIS_USER": "guest"}, "SENTUH_REDIS_USER: "),
    "a cluster that is none": ({"SENTUH_REDIS_CLUSTER": "true"}, "SENTUH_REDIS_CLUSTER: "),
}


@pytest.mark.parametrize("name", REDIS_FAULTS)
def test_what_redis_refuses_is_one_line(
    name: str, broker: SecureKafka, topics: None, valkey: Valkey
) -> None:
    more, begins = REDIS_FAULTS[name]

    said = refused(environment_of(broker.access("payout"), as_payout(valkey) | more))

    print(f"Redis, {name}: {said}")
    assert said.startswith(begins)


REDIS_SERVERS: dict[str, tuple[type[Valkey], dict[str, str], str]] = {
    "6.2.14": (
        OldRedis,
        {},
        "SENTUH_REDIS_URL: Redis or Valkey from 7 on is needed, this is 6.2.14 (",
    ),
    "one without FUNCTION": (
        Valkey,
        {"include": "renamed.conf"},
        "SENTUH_REDIS_URL: Redis or Valkey from 7 on with its command FUNCTION is needed, this is",
    ),
    "one that evicts": (
        Valkey,
        {"maxmemory": "4mb", "maxmemory-policy": "volatile-lru"},
        "SENTUH_REDIS_URL: Redis at ",
    ),
}


@pytest.mark.parametrize("name", REDIS_SERVERS)
def test_a_redis_unfit_for_state_is_one_line(
    name: str, broker: SecureKafka, topics: None, tmp_path: Path
) -> None:
    kind, settings, begins = REDIS_SERVERS[name]
    (tmp_path / "renamed.conf").write_text('rename-command FUNCTION ""\n')
    if "include" in settings:
        settings = {"include": str(tmp_path / "renamed.conf")}
    with kind(tmp_path / "redis", settings=settings) as server:
        line = refused(environment_of(broker.access("payout"), {"SENTUH_REDIS_URL": server.url}))

    print(f"Redis, {name}: {line}")
    assert line.startswith(begins)
    if name == "one that evicts":
        assert "maxmemory-policy is volatile-lru" in line


TLS_FAULTS = {
    "untrusted certificate": ("rediss", False, "SENTUH_REDIS_CA_FILE: "),
    "no TLS where there must be": ("redis", None, "cannot reach Redis"),
}


@pytest.mark.skipif(bool(why_no_tls()), reason=str(why_no_tls()))
@pytest.mark.parametrize("name", TLS_FAULTS)
def test_what_tls_refuses_is_one_line(
    name: str, broker: SecureKafka, authority: Authority, topics: None, tmp_path: Path
) -> None:
    scheme, trusted, begins = TLS_FAULTS[name]
    user = f"user payout on >{SECRET} {rules('payout')}"
    stranger = Authority(tmp_path, "stranger")
    with tls_server(tmp_path / "redis", authority, [user]) as url:
        redis = {
            "SENTUH_REDIS_URL": url.replace("rediss", scheme),
            "SENTUH_REDIS_USER": "payout",
            "SENTUH_REDIS_PASSWORD": SECRET,
            "SENTUH_REDIS_CA_FILE": "" if trusted is None else str(stranger.file),
            "SENTUH_START_SECONDS": "5",
        }
        said = refused(environment_of(broker.access("payout"), redis))

    print(f"Redis, {name}: {said}")
    assert said.startswith(begins)


def test_tls_where_redis_speaks_none_is_one_line(
    broker: SecureKafka, topics: None, valkey: Valkey
) -> None:
    url = valkey.url.replace("redis://", "rediss://")
    more = {"SENTUH_REDIS_URL": url, "SENTUH_START_SECONDS": "5"}

    said = refused(environment_of(broker.access("payout"), as_payout(valkey) | more))

    print(f"Redis, TLS where there is none: {said}")
    assert "SENTUH_REDIS_URL" in said
