"""Turns the rights of every role into Kafka ACLs: as a script for kafka-acls.sh, or granted."""

import asyncio
import shlex
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from sentuh.broker.topics import admin_of
from shared.connect.access import KafkaAccess
from shared.contracts.errors import SettingError
from shared.contracts.rights import Right

ANSWER_SECONDS = 10.0
PRINCIPAL = "User:{role}"
KINDS = {"topic": ResourceType.TOPIC, "group": ResourceType.GROUP}
OPERATIONS = {
    "Read": AclOperation.READ,
    "Write": AclOperation.WRITE,
    "Create": AclOperation.CREATE,
    "Describe": AclOperation.DESCRIBE,
    "AlterConfigs": AclOperation.ALTER_CONFIGS,
}


def principal_of(role: str, pattern: str = PRINCIPAL) -> str:
    """Return a role's principal: the pattern with the role's name in place of `{role}`.

    SettingError for a pattern without it. Example: principal_of("qa") is "User:qa".
    """
    if "{role}" not in pattern or not pattern.startswith("User:"):
        raise SettingError(
            f"--principal {pattern}: give what Kafka calls each role, such as {PRINCIPAL} or"
            " User:CN={role},O=acme"
        )
    return pattern.replace("{role}", role)


async def grant(
    where: KafkaAccess | str, rights: Sequence[Right], *, pattern: str = PRINCIPAL
) -> int:
    """Grant these rights, and return their number; rights granted before stay."""
    bindings = [_binding(right, pattern) for right in rights]
    await asyncio.to_thread(_grant, await admin_of(where), bindings)
    return len(bindings)


def script(rights: Iterable[Right], *, servers: str, pattern: str = PRINCIPAL) -> Iterator[str]:
    """Yield a shell script that grants these rights, a line for each role, kind and operation."""
    head = (
        '"${KAFKA_ACLS:-kafka-acls.sh}" --bootstrap-server '
        f'{shlex.quote(servers)} --command-config "${{ADMIN:-admin.properties}}" --add'
    )
    yield "#!/bin/sh"
    yield "# KAFKA_ACLS: the tool; ADMIN: its properties, of who may alter the cluster."
    yield "set -e"

    def kind(right: Right) -> tuple[str, str, str, bool]:
        return right.role, right.kind, right.operation, right.prefixed

    for (role, what, operation, prefixed), group in groupby(sorted(rights, key=kind), key=kind):
        names = " ".join(f"--{what} {shlex.quote(right.name)}" for right in group)
        who = shlex.quote(principal_of(role, pattern))
        how = " --resource-pattern-type prefixed" if prefixed else ""
        yield f"{head} --allow-principal {who} --operation {operation}{how} {names}"


def _binding(right: Right, pattern: str) -> AclBinding:
    form = ResourcePatternType.PREFIXED if right.prefixed else ResourcePatternType.LITERAL
    who, allow = principal_of(right.role, pattern), AclPermissionType.ALLOW
    operation = OPERATIONS[right.operation]
    return AclBinding(KINDS[right.kind], right.name, form, who, "*", operation, allow)


def _grant(admin: AdminClient, bindings: list[AclBinding]) -> None:
    try:
        for done in admin.create_acls(bindings, request_timeout=ANSWER_SECONDS).values():
            done.result(ANSWER_SECONDS)
    except KafkaException as failure:
        error = failure.args[0]
        fix = {
            "SECURITY_DISABLED": "set authorizer.class.name on the brokers",
            "CLUSTER_AUTHORIZATION_FAILED": "connect as who may alter the cluster",
        }.get(error.name(), "see the broker's log")
        raise SettingError(f"granting rights: the broker says {error.str()}: {fix}") from failure
