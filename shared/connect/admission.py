"""Whether the broker lets us in, has our topics and grants what we do: asked before all else."""

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
from shared.contracts.errors import SettingError, TransientError
from shared.contracts.rights import Right

KNOCK_SECONDS = 20.0
ASK_SECONDS = 10.0
MISSING, DENIED = "UNKNOWN_TOPIC_OR_PART", "TOPIC_AUTHORIZATION_FAILED"


async def reach(access: KafkaAccess, *, client_id: str = "sentuh") -> None:
    """Return once a broker has let us in and answered.

    Raises SettingError where it never will as things are set, TransientError where it may later.
    One plain attempt at each server: clients only log why they were refused, and try for ever.
    Some of them may be no listeners for clients, as clients do without those; not all.
    """
    given, servers = access.aiokafka(), collect_hosts(access.servers)
    last: Exception | None = None
    none: list[SettingError] = []
    for host, port, _ in servers:
        try:
            async with asyncio.timeout(KNOCK_SECONDS):
                link = await create_conn(host, port, client_id=client_id, **given)
                try:
                    await link.send(MetadataRequest([]))
                finally:
                    link.close()
                return
        except (KafkaError, OSError, TimeoutError) as failure:
            if refused := kafka_refusal(access, failure):
                raise refused from failure
            if strange := await no_listener(access, failure, host=host, port=port):
                none.append(strange)
            last = failure
    if none and len(none) == len(servers):
        raise none[0] from last
    said = why(last) if last else "no server is named"
    raise TransientError(f"Kafka at {access.servers}: {said}") from last


async def check_topics_and_rights(
    client: AIOKafkaClient, access: KafkaAccess, wanted: "RequiredAccess"
) -> None:
    """Return if every topic has its partitions and every right is granted.

    Raises SettingError that names every right that is denied, TransientError that names what is
    missing and may still be made.
    """
    found = await asyncio.to_thread(_described, access, sorted(wanted.topics))
    denied = _ungranted(found, wanted.rights)
    denied += [r for r in wanted.rights if r.kind == "group" and not await _joins(client, r)]
    if denied:
        raise SettingError(_denied(access, denied))
    if wrong := _differences(wanted.topics, found):
        raise TransientError(wrong)


async def partition_counts(access: KafkaAccess, wanted: Sequence[Right]) -> dict[str, int]:
    """How many partitions the topics of these rights have, by name; absent where there is none.

    Raises SettingError that names every right that is denied, TransientError for no answer. Brokers
    list only what one may know of: a topic missing from a list may be there all the same.
    """
    names = {right.name for right in wanted if right.kind == "topic"}
    found = await asyncio.to_thread(_described, access, sorted(names))
    if denied := _ungranted(found, wanted):
        raise SettingError(_denied(access, denied))
    return {name: len(about.partitions) for name, about in found.items() if about}


@dataclass(frozen=True, slots=True)
class RequiredAccess:
    """What a process cannot do without: topics with their partitions, and what it does there."""

    topics: Mapping[str, int]
    rights: Sequence[Right]


def _differences(topics: Mapping[str, int], found: Mapping[str, Any]) -> str:
    missing = sorted(name for name in topics if found.get(name) is None)
    if missing:
        return f"not there: {', '.join(missing)}"
    counts = {name: len(found[name].partitions) for name in topics}
    return ", ".join(
        f"{name} has {counts[name]} partitions and not {count}"
        for name, count in sorted(topics.items())
        if counts[name] != count
    )


def _ungranted(found: Mapping[str, Any], rights: Sequence[Right]) -> list[Right]:
    topics = [right for right in rights if right.kind == "topic"]
    return [right for right in topics if not _granted(found.get(right.name), right)]


def _denied(access: KafkaAccess, denied: Sequence[Right]) -> str:
    roles = " ".join(f"--role {role}" for role in sorted({right.role for right in denied}))
    return (
        f"{access.named_by}: Kafka at {access.servers} denies {access.who}"
        f" {', '.join(map(str, denied))}: grant what `sentuh topics acls {roles}` prints, or"
        " connect as who has it"
    )


def _described(access: KafkaAccess, names: Sequence[str]) -> dict[str, Any]:
    """By name: a topic's description, None where there is none, False where we may not know."""
    admin = AdminClient(access.librdkafka())  # with it what was asked would end unanswered
    asked = admin.describe_topics(
        TopicCollection(list(names)),
        include_authorized_operations=True,
        request_timeout=ASK_SECONDS,
    )
    found: dict[str, Any] = {}
    for name, done in asked.items():
        try:
            found[name] = done.result(ASK_SECONDS)
        except KafkaException as failure:
            error = failure.args[0].name()
            if error not in (MISSING, DENIED):
                raise TransientError(f"asking about topics: {error}") from failure
            found[name] = False if error == DENIED else None
        except TimeoutError as failure:
            raise TransientError("asking about topics: no answer") from failure
    return found


async def _joins(client: AIOKafkaClient, right: Right) -> bool:
    """Whether we may know of the group; a new cluster has nobody yet who could say."""
    try:
        await client.coordinator_lookup(CoordinationType.GROUP, right.name)
    except GroupAuthorizationFailedError:
        return False
    except KafkaError:
        return True
    return True


def _granted(about: Any, right: Right) -> bool:
    """A topic that is not there denies nothing; one we may not know of denies all.

    Brokers that do not tell grant everything, as far as we know.
    """
    if about is None or about is False:
        return about is None
    told = about.authorized_operations
    return not told or right.operation.upper() in {operation.name for operation in told}
