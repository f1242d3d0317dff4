"""Asks Kafka, before a process works, whether it may connect and has its topics and rights."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError
from aiokafka.protocol.metadata import MetadataRequest
from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient

from shared.connect.access import KafkaAccess
from shared.connect.listener import no_listener
from shared.connect.refusals import kafka_refusal, why
from shared.connect.sasl import mechanism_refusal
from shared.contracts.errors import SettingError, TransientError
from shared.contracts.rights import Right

REACH_SECONDS = 20.0
ASK_SECONDS = 10.0
MISSING, DENIED = "UNKNOWN_TOPIC_OR_PART", "TOPIC_AUTHORIZATION_FAILED"


async def reach(access: KafkaAccess, *, client_id: str = "sentuh") -> None:
    """Connect to the bootstrap servers in turn until one Kafka broker answers, then disconnect.

    Raises SettingError if a setting must be changed first, such as a wrong password, and
    TransientError if no server answers and a later try may succeed. Kafka clients themselves only
    log why they were refused, and retry for ever. A server that serves no clients of this kind (a
    KRaft controller, or one that speaks TLS to a client without TLS) raises SettingError only if
    every server is of this sort. Example: `await reach(KafkaAccess("broker:9092"))`.
    """
    options, servers = access.aiokafka(), collect_hosts(access.servers)
    if access.tokens:
        # First, so that a refusal of the token endpoint is not taken for one of Kafka's.
        await asyncio.to_thread(access.tokens.token)
    last: Exception | None = None
    no_listeners: list[SettingError] = []
    for host, port, _ in servers:
        try:
            async with asyncio.timeout(REACH_SECONDS):
                link = await create_conn(host, port, client_id=client_id, **options)
                try:
                    await link.send(MetadataRequest([]))
                finally:
                    link.close()
                return
        except (KafkaError, OSError, TimeoutError) as failure:
            refused = await mechanism_refusal(access, failure, host=host, port=port)
            if refused := refused or kafka_refusal(access, failure):
                raise refused from failure
            if wrong_listener := await no_listener(access, failure, host=host, port=port):
                no_listeners.append(wrong_listener)
            last = failure
    if no_listeners and len(no_listeners) == len(servers):
        raise no_listeners[0] from last
    cause = why(last) if last else "no server is named"
    raise TransientError(f"Kafka at {access.servers}: {cause}") from last


async def check_topics_and_rights(
    client: AIOKafkaClient, access: KafkaAccess, required: "RequiredAccess"
) -> None:
    """Check that every required topic has its number of partitions and every right is granted.

    `client` asks for the rights to join consumer groups; `access` says where Kafka is, for an admin
    client that asks for the topics. Raises SettingError that names every denied right. Raises
    TransientError, since a topic may still be created, that names the missing topics or, if none is
    missing, those with another number of partitions. Example: `tasks` with 3 partitions instead of
    6 raises TransientError.
    """
    descriptions = await asyncio.to_thread(_described, access, sorted(required.topics))
    denied = _ungranted(descriptions, required.rights)
    groups = [right for right in required.rights if right.kind == "group"]
    denied += [right for right in groups if not await _may_join(client, right)]
    # Rights first: to a client without them a topic looks as if it were missing.
    if denied:
        raise SettingError(_denied(access, denied))
    if wrong := _differences(required.topics, descriptions):
        raise TransientError(wrong)


async def partition_counts(access: KafkaAccess, rights: Sequence[Right]) -> dict[str, int]:
    """Return the number of partitions of each existing topic that one of these rights names.

    Raises SettingError that names every right that Kafka denies, TransientError if Kafka does not
    answer. Each topic is asked for by name, because a broker's list of all topics leaves out those
    that the client may not see. Example: `{"tasks": 6, "verdicts": 6}`.
    """
    names = {right.name for right in rights if right.kind == "topic"}
    descriptions = await asyncio.to_thread(_described, access, sorted(names))
    if denied := _ungranted(descriptions, rights):
        raise SettingError(_denied(access, denied))
    return {name: len(topic.partitions) for name, topic in descriptions.items() if topic}


@dataclass(frozen=True, slots=True)
class RequiredAccess:
    """The topics and the Kafka rights that a process needs in order to work.

    `topics` maps each topic's name on the broker to its number of partitions; a right is one
    operation, such as reading one topic. Example: `RequiredAccess({"tasks": 6}, rights)`.
    """

    topics: Mapping[str, int]
    rights: Sequence[Right]


def _differences(topics: Mapping[str, int], descriptions: Mapping[str, Any]) -> str:
    """Return one line that names missing topics, else wrong partition counts; "" if neither."""
    missing = sorted(name for name in topics if descriptions.get(name) is None)
    if missing:
        return f"not there: {', '.join(missing)}"
    counts = {name: len(descriptions[name].partitions) for name in topics}
    return ", ".join(
        f"{name} has {counts[name]} partitions and not {count}"
        for name, count in sorted(topics.items())
        if counts[name] != count
    )


def _ungranted(descriptions: Mapping[str, Any], rights: Sequence[Right]) -> list[Right]:
    """Return the rights to topics that the broker's descriptions of the topics do not grant."""
    topics = [right for right in rights if right.kind == "topic"]
    return [right for right in topics if not _is_granted(descriptions.get(right.name), right)]


def _denied(access: KafkaAccess, denied: Sequence[Right]) -> str:
    """Return an error text: the rights that Kafka denies, and the command that tells the fix."""
    roles = " ".join(f"--role {role}" for role in sorted({right.role for right in denied}))
    return (
        f"{access.identity_setting}: Kafka at {access.servers} denies {access.identity}"
        f" {', '.join(map(str, denied))}: grant what `sentuh topics acls {roles}` prints, or"
        " connect as who has it"
    )


def _described(access: KafkaAccess, names: Sequence[str]) -> dict[str, Any]:
    """Return the broker's description of each topic, by the topic's name.

    A missing topic has None instead, and a topic that this client may not see has False. Raises
    TransientError if Kafka does not answer. Example: `{"tasks": <description>, "verdicts": None}`.
    """
    # Held in a name: when the admin client is collected, its questions end unanswered.
    admin = AdminClient(access.librdkafka())
    asked = admin.describe_topics(
        TopicCollection(list(names)),
        include_authorized_operations=True,
        request_timeout=ASK_SECONDS,
    )
    descriptions: dict[str, Any] = {}
    for name, done in asked.items():
        try:
            descriptions[name] = done.result(ASK_SECONDS)
        except KafkaException as failure:
            error = failure.args[0].name()
            if error not in (MISSING, DENIED):
                raise TransientError(f"asking about topics: {error}") from failure
            descriptions[name] = False if error == DENIED else None
        except TimeoutError as failure:
            raise TransientError("asking about topics: no answer") from failure
    return descriptions


async def _may_join(client: AIOKafkaClient, right: Right) -> bool:
    """Return whether Kafka lets this client join the consumer group that the right names.

    Only a denial gives False. Any other error gives True, since a new cluster may not have chosen a
    group coordinator yet.
    """
    try:
        await client.coordinator_lookup(CoordinationType.GROUP, right.name)
    except GroupAuthorizationFailedError:
        return False
    except KafkaError:
        return True
    return True


def _is_granted(description: Any, right: Right) -> bool:
    """Return whether a topic's description from the broker grants the right.

    `description` is None for a missing topic, which denies nothing, and False for a topic that the
    client may not see, which denies everything. A broker that lists no operations is taken to grant
    all. Example: with the operations READ and DESCRIBE, a right to write is not granted.
    """
    if description is None or description is False:
        return description is None
    operations = description.authorized_operations
    return not operations or right.operation.upper() in {one.name for one in operations}
