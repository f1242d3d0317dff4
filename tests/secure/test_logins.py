"""Each mechanism of SASL lets services and commands in; each refusal is one line with its fix."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sentuh.demo.processes import ServiceProcess
from sentuh.embedded.child import StackError, free_port
from sentuh.embedded.servers import Valkey, fetch_kafka
from shared.connect.access import OAUTH, KafkaAccess
from shared.connect.admission import reach
from shared.contracts.errors import SettingError
from tests.secure.authority import Authority
from tests.secure.broker import secret_of
from tests.secure.identity_provider import IdentityProvider
from tests.secure.logins import BARE, MECHANISMS, LoginsKafka, environment_of

pytestmark = pytest.mark.slow

COMMAND_SECONDS = 300


@pytest.fixture(scope="module")
def provider(authority: Authority) -> Iterator[IdentityProvider]:
    with IdentityProvider(authority) as one:
        yield one


@pytest.fixture(scope="module")
def kafka_of_logins(
    authority: Authority, provider: IdentityProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LoginsKafka]:
    try:
        fetch_kafka()
    except StackError as failure:
        pytest.skip(f"needs Apache Kafka on the local JDK: {failure}")
    with LoginsKafka(tmp_path_factory.mktemp("logins"), authority, provider) as broker:
        broker.give_passwords()
        yield broker


def sentuh(access: KafkaAccess, *arguments: str, **more: str) -> str:
    """What a command prints, in a process of its own with this access."""
    done = subprocess.run(
        [sys.executable, "-m", "sentuh", *arguments],
        env={**_plain_environment(), **environment_of(access), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert secret_of(access.user) not in done.stdout + done.stderr
    return done.stdout


def _plain_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SENTUH_")}


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_commands_and_a_service_log_in_by_each_mechanism(
    mechanism: str, kafka_of_logins: LoginsKafka, provider: IdentityProvider, tmp_path: Path
) -> None:
    """Tokens live for seconds, so that several are used up meanwhile."""
    broker, prefix = kafka_of_logins, f"{mechanism.lower()}-"
    provider.life_seconds = 20
    admin, payout = broker.access("admin", mechanism), broker.access("payout", mechanism)
    topics = {"SENTUH_TOPIC_PREFIX": prefix}

    sentuh(admin, "topics", "apply", **topics)
    sentuh(admin, "topics", "acls", "--apply", **topics)
    with Valkey(tmp_path / "redis") as redis:
        settings = environment_of(payout) | topics
        settings |= {
            "SENTUH_REDIS_URL": redis.url,
            "SENTUH_PUBLISH_SECONDS": "1",
            "SENTUH_SESSION_SECONDS": "3",
            "SENTUH_EPOCH_QUIET_SECONDS": "4",
            "SENTUH_START_SECONDS": "120",
        }
        with ServiceProcess("payout", "payout", tmp_path, settings) as service:
            auditor = broker.access("auditor", mechanism)
            report = sentuh(auditor, "audit", "--allow-open", **topics)
            log = service.log.read_text()
    provider.life_seconds = 300

    print(f"{mechanism}: topics made, payout ready, audit: {report.splitlines()[-1]}")
    assert "consuming" in log
    assert secret_of("payout") not in log


@pytest.mark.parametrize("mechanism", [*MECHANISMS, BARE])
async def test_a_wrong_password_is_named(mechanism: str, kafka_of_logins: LoginsKafka) -> None:
    wrong = replace(kafka_of_logins.access("payout", mechanism), password="wrong-secret")

    line = await refused(wrong)

    print(f"{mechanism}, wrong password: {line}")
    assert line.startswith("SENTUH_KAFKA_USER, SENTUH_KAFKA_PASSWORD: ")
    assert "correct them" in line
    assert "wrong-secret" not in line


@pytest.mark.parametrize("mechanism", MECHANISMS)
async def test_a_listener_without_our_mechanism_names_what_it_takes(
    mechanism: str, kafka_of_logins: LoginsKafka
) -> None:
    ours = replace(kafka_of_logins.access("payout", mechanism), mechanism="SCRAM-SHA-512")

    line = await refused(ours)

    print(f"{mechanism} alone: {line}")
    assert line == (
        f"SENTUH_KAFKA_SASL_MECHANISM: this listener of Kafka at {ours.servers} takes {mechanism},"
        f" and no SCRAM-SHA-512: set {mechanism}, or name another port"
    )


async def test_a_listener_without_a_login_is_named(kafka_of_logins: LoginsKafka) -> None:
    bare = kafka_of_logins.access("payout", BARE)

    line = await refused(replace(bare, servers=kafka_of_logins.bootstrap))

    print(f"no login there: {line}")
    assert line.startswith("SENTUH_KAFKA_SECURITY: ")
    assert "takes no login by SASL" in line


TOKEN_FAULTS = {
    "scope": ("scope", "other", "SENTUH_KAFKA_TOKEN_SCOPE: "),
    "endpoint": ("url", "https://127.0.0.1:{port}/login", "SENTUH_KAFKA_TOKEN_URL: "),
    "untrusted certificate": ("ca_file", "", "SENTUH_KAFKA_TOKEN_CA_FILE: "),
}


@pytest.mark.parametrize("name", TOKEN_FAULTS)
async def test_what_the_token_endpoint_refuses_is_named(
    name: str, kafka_of_logins: LoginsKafka
) -> None:
    good = kafka_of_logins.access("payout", OAUTH)
    field, value, begins = TOKEN_FAULTS[name]
    value = value.format(port=good.token_settings.url.rpartition(":")[2].partition("/")[0])

    changed: dict[str, Any] = {field: value}
    wrong = replace(good, token_settings=replace(good.token_settings, **changed))
    line = await refused(wrong)

    print(f"{name}: {line}")
    assert line.startswith(begins)


async def test_a_token_the_broker_does_not_trust_is_named(
    kafka_of_logins: LoginsKafka, provider: IdentityProvider
) -> None:
    provider.trusted = False
    try:
        line = await refused(kafka_of_logins.access("finance", OAUTH))
    finally:
        provider.trusted = True

    print(f"a token of a stranger: {line}")
    assert line.startswith("SENTUH_KAFKA_TOKEN_URL, SENTUH_KAFKA_TOKEN_SCOPE: ")
    assert "(invalid_token)" in line


def test_plain_without_encryption_is_warned_of(kafka_of_logins: LoginsKafka) -> None:
    settings = environment_of(kafka_of_logins.access("payout", BARE))
    settings |= {
        "SENTUH_REDIS_URL": f"redis://127.0.0.1:{free_port()}",
        "SENTUH_START_SECONDS": "2",
        "SENTUH_PAYOUT_HTTP_PORT": str(free_port()),
    }

    done = subprocess.run(
        [sys.executable, "-m", "services.payout"],
        env={**_plain_environment(), **settings},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS,
    )

    (line,) = [one for one in done.stdout.splitlines() if "without encryption" in one]
    print(f"PLAIN without TLS: {line}")
    assert "SENTUH_KAFKA_SECURITY: with PLAIN and SASL_PLAINTEXT whoever listens" in line


async def refused(access: KafkaAccess) -> str:
    """The line with which Kafka refuses this access."""
    with pytest.raises(SettingError) as failure:
        async with asyncio.timeout(COMMAND_SECONDS):
            await reach(access)
    return str(failure.value)
