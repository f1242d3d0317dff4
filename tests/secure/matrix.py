"""Principal x topic x operation on a real broker, each tried: `python -m tests.secure.matrix`."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka.conn import create_conn
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    for_code,
)
from aiokafka.protocol.coordination import FindCoordinatorRequest
from aiokafka.protocol.fetch import FetchRequest
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)
from rich.console import Console
from rich.table import Table

from sentuh.broker.acls import grant
from sentuh.broker.topics import apply
from shared.contracts.rights import ROLES, TOPICS_JOB, Right, rights
from shared.contracts.topics import SERVICES, TOPICS, Names, Topic
from tests.secure.authority import Authority
from tests.secure.broker import SecureKafka

OPERATIONS = ("Read", "Write", "Create", "AlterConfigs", "Delete")
LETTERS = {"Read": "R", "Write": "W", "Create": "C", "AlterConfigs": "A", "Delete": "D"}
ANSWER_SECONDS = 120.0
DENIED = ("TOPIC_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED")
Tried = tuple[str, str, str]
"""Role, topic or group, operation."""


@dataclass(frozen=True)
class Matrix:
    """What was allowed when it was tried, and what should have been."""

    tried: Mapping[Tried, bool]
    wanted: frozenset[Tried]

    @property
    def wrong(self) -> list[str]:
        """Where the broker did otherwise than it should."""
        return [
            f"{role} {'may' if allowed else 'may not'} {operation} {name}"
            for (role, name, operation), allowed in sorted(self.tried.items())
            if allowed is not ((role, name, operation) in self.wanted)
        ]

    def cell(self, role: str, name: str) -> str:
        """Letters of what is allowed; ! before one that should not be, ? for one that lacks."""
        found = ""
        for operation in OPERATIONS:
            tried = (role, name, operation)
            if self.tried.get(tried):
                found += ("" if tried in self.wanted else "!") + LETTERS[operation]
            elif tried in self.wanted:
                found += "?" + LETTERS[operation]
        return found or "·"


async def matrix(broker: SecureKafka, prefix: str) -> Matrix:
    """Make the topics, grant the rights, and try everything as everybody."""
    names = Names(prefix)
    await apply(broker.bootstrap, names)
    granted = rights(names)
    await grant(broker.access("admin"), granted)
    await asyncio.to_thread(_fill, broker, names)
    await asyncio.to_thread(_wait_for_the_last, broker, names)
    tried: dict[Tried, bool] = {}
    for role in ROLES:
        for name, may in await _reads(broker, role, names):
            tried[role, name, "Read"] = may
        for topic, operation, allowed in await asyncio.to_thread(_try_all, broker, role, names):
            tried[role, topic, operation] = allowed
    wanted = {
        (right.role, _shown(right, prefix), right.operation)
        for right in granted
        if right.operation in OPERATIONS and not right.prefixed
    }
    return Matrix(tried, frozenset(wanted))


def _shown(right: Right, prefix: str) -> str:
    """What the table calls a topic or group."""
    name = right.name.removeprefix(prefix)
    return f"group {name}" if right.kind == "group" else name


def _wait_for_the_last(broker: SecureKafka, names: Names) -> None:
    """Brokers learn of rights in the order they were granted, a moment after the yes."""
    admin = AdminClient(broker.access(TOPICS_JOB).librdkafka())
    limit = time.monotonic() + ANSWER_SECONDS
    while not _allowed(_altered(admin, names.of(TOPICS[-1]))):
        assert time.monotonic() < limit, "the last right is not granted"
        time.sleep(0.1)


def _fill(broker: SecureKafka, names: Names) -> None:
    """A record in the first partition of each topic, so that reading shows one."""
    producer = Producer({"bootstrap.servers": broker.bootstrap, "log_level": 0})
    for row in TOPICS:
        producer.produce(names.of(row), b"x", key=b"k", partition=0)
    assert producer.flush(ANSWER_SECONDS) == 0


def _try_all(broker: SecureKafka, role: str, names: Names) -> list[tuple[str, str, bool]]:
    """Topic or group, operation, and whether it was allowed, for one role."""
    settings = broker.access(role).librdkafka()
    admin = AdminClient(settings)
    found = [(row.name, "Write", ok) for row, ok in _writes(settings, names)]
    for row in TOPICS:
        name = names.of(row)
        made = admin.create_topics([NewTopic(name, 1, 1)], validate_only=True)
        found.append((row.name, "Create", _allowed(made[name])))
        found.append((row.name, "AlterConfigs", _allowed(_altered(admin, name))))
        # Nobody has this right: where one had, the topic would be gone and the run would fail.
        found.append((row.name, "Delete", _allowed(admin.delete_topics([name])[name])))
    return found


def _writes(settings: dict[str, Any], names: Names) -> Iterator[tuple[Topic, bool]]:
    said: dict[str, str] = {}

    def heard(error: Any, record: Any) -> None:
        said[record.topic()] = error.name() if error else ""

    producer = Producer({**settings, "message.timeout.ms": 30_000})
    for row in TOPICS:
        producer.produce(names.of(row), b"x", key=b"k", partition=0, on_delivery=heard)
    producer.flush(ANSWER_SECONDS)
    for row in TOPICS:
        yield row, _is_allowed(said[names.of(row)])


async def _reads(broker: SecureKafka, role: str, names: Names) -> list[tuple[str, bool]]:
    """One fetch from the first partition of every topic, and who coordinates each group."""
    access = broker.access(role)
    host, _, port = access.servers.partition(":")
    link = await create_conn(host, int(port), **access.aiokafka())
    try:
        wanted = [(names.of(row), [(0, 0, 1 << 20)]) for row in TOPICS]
        told = await link.send(FetchRequest(1000, 1, 50 << 20, 0, wanted))
        groups = {
            service: await link.send(FindCoordinatorRequest(names.prefix + service, 0))
            for service in SERVICES
        }
    finally:
        link.close()
    said = {topic: for_code(parts[0][1]) for topic, parts in told.topics}
    topics = [
        (row.name, said[names.of(row)] is not TopicAuthorizationFailedError) for row in TOPICS
    ]
    return topics + [
        (f"group {service}", for_code(answer.error_code) is not GroupAuthorizationFailedError)
        for service, answer in groups.items()
    ]


def _altered(admin: AdminClient, name: str) -> Any:
    entry = ConfigEntry("max.message.bytes", "1000000", incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[entry])
    return admin.incremental_alter_configs([resource], validate_only=True)[resource]


def _allowed(future: Any) -> bool:
    try:
        future.result(ANSWER_SECONDS)
    except KafkaException as failure:
        return _is_allowed(failure.args[0].name())
    return True


def _is_allowed(error: str) -> bool:
    """A denial is one; of other errors only that a topic is there already is none."""
    if error in DENIED:
        return False
    assert error in ("", "TOPIC_ALREADY_EXISTS"), f"neither allowed nor denied: {error}"
    return True


def show(tries: Matrix, console: Console) -> None:
    """The table: a row per topic and group, a column per principal."""
    table = Table("", *ROLES, title="R read, W write, C create, A alter configurations, D delete")
    names = [row.name for row in TOPICS] + [f"group {service}" for service in SERVICES]
    for name in names:
        table.add_row(name, *(tries.cell(role, name) for role in ROLES))
    console.print(table)
    allowed = sum(tries.tried.values())
    console.print(
        f"{len(tries.tried)} tried as {len(ROLES)} principals: {allowed} allowed,"
        f" {len(tries.tried) - allowed} denied, {len(tries.wrong)} otherwise than the rows say",
        highlight=False,
    )


def main() -> int:
    """Start a broker, try, print; 0 only if nothing is otherwise than it should be."""
    with tempfile.TemporaryDirectory(prefix="sentuh-acls-") as made:
        home = Path(made)
        with SecureKafka(home / "kafka", Authority(home)) as broker:
            found = asyncio.run(matrix(broker, "acls-"))
    show(found, Console(width=150 if not sys.stdout.isatty() else None))
    for said in found.wrong:
        print(said)
    return int(bool(found.wrong))


if __name__ == "__main__":
    sys.exit(main())
