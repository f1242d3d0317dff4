"""Compares the topics on a broker with their rows, corrects what differs, and reads their ids."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from sentuh.broker.topic_steps import TopicStep, Wanted, creation, drift
from shared.connect.access import KafkaAccess
from shared.connect.admission import partition_counts, reach
from shared.contracts.errors import SettingError, TransientError
from shared.contracts.rights import TOPICS_JOB, Right, rights
from shared.contracts.topics import TOPICS, Names

ANSWER_SECONDS = 10.0
VISIBLE_SECONDS = 60.0
AGAIN_SECONDS = 0.05
T = TypeVar("T")


async def plan(
    where: KafkaAccess | str, names: Names, *, replication: int = 1, keep_all: bool = False
) -> list[TopicStep]:
    """List the topics to create or change, in the order of the rows.

    With `keep_all`, topics that others write keep every record, whatever its age: while one that
    held records by their senders' time becomes one by the time of arrival. SettingError if the
    broker does not answer. Example: [] if every topic is as its row says.
    """
    admin = await admin_of(where)
    job = rights(names, [TOPICS_JOB])
    await _counts(KafkaAccess.of(where), [right for right in job if right.operation == "Describe"])
    wanted = Wanted(names, replication, keep_all=keep_all)
    return await asyncio.to_thread(_plan, admin, wanted)


async def apply(
    where: KafkaAccess | str, names: Names, *, replication: int = 1, keep_all: bool = False
) -> list[str]:
    """Create missing topics, correct drifted settings, and wait until the topics can be used.

    Returns the names of the topics created or changed. A wrong number of partitions is left alone:
    a change would send the keys of half-done work to other partitions. `keep_all` is as in `plan`.
    Example: ["tasks", "verdicts"] if those two were missing.
    """
    wanted = Wanted(names, replication, keep_all=keep_all)
    return await asyncio.to_thread(_apply, await admin_of(where), wanted)


async def topic_ids(where: KafkaAccess | str, names: Names) -> dict[str, str]:
    """Return the id of each topic that exists, by name; deleted and made anew, it has another."""
    admin = await admin_of(where)
    descriptions = await asyncio.to_thread(_described, admin, [names.of(row) for row in TOPICS])
    return {name: str(about.topic_id) for name, about in descriptions.items()}


async def partitions(where: KafkaAccess | str, names: Names, role: str) -> dict[str, int]:
    """Count the partitions of each topic that a role reads or writes, by the topic's name.

    A topic that does not exist is left out. SettingError names each right of the role that we lack,
    or says that no broker answers. Example: {"tasks": 6, "verdicts": 6}.
    """
    return await granted(where, rights(names, [role]))


async def granted(where: KafkaAccess | str, needed: Sequence[Right]) -> dict[str, int]:
    """Count the partitions of the topics of these rights; needs no other rights of a role."""
    await admin_of(where)
    return await _counts(KafkaAccess.of(where), needed)


async def admin_of(where: KafkaAccess | str) -> AdminClient:
    """Connect a client that may administer the broker; SettingError with the fix if it cannot."""
    access = KafkaAccess.of(where)
    try:
        await reach(access)
    except TransientError as failure:
        raise _silent(failure) from failure
    return AdminClient({**access.librdkafka(), "client.id": "sentuh"})


async def _counts(access: KafkaAccess, needed: Sequence[Right]) -> dict[str, int]:
    try:
        return await partition_counts(access, needed)
    except TransientError as failure:
        raise _silent(failure) from failure


def _silent(failure: TransientError) -> SettingError:
    return SettingError(f"the broker does not answer ({failure}): start it, or correct its address")


def _plan(admin: AdminClient, wanted: Wanted) -> list[TopicStep]:
    listed, names = _listed(admin), wanted.names
    present = [row for row in TOPICS if names.of(row) in listed]
    settings = _settings(admin, [names.of(row) for row in present])
    steps = []
    for row in TOPICS:
        name = names.of(row)
        if row in present:
            steps += drift(wanted, row, listed[name], settings[name])
        else:
            steps.append(creation(wanted, row))
    return steps


def _apply(admin: AdminClient, wanted: Wanted) -> list[str]:
    """Create and change until a look at the broker finds nothing more to do.

    A broker confirms a topic before all of its nodes know it, so one round is not enough.
    Example: the first round creates `tasks`, the second finds nothing left.
    """
    if wanted.replication < 1:
        raise SettingError(f"--replication {wanted.replication}: a topic has 1 copy at least")
    touched: dict[str, None] = {}
    limit = time.monotonic() + VISIBLE_SECONDS
    while True:
        steps = [step for step in _plan(admin, wanted) if not step.blocked]
        if not steps and _led(_listed(admin), wanted.names):
            return list(touched)
        if time.monotonic() > limit:
            raise SettingError(
                f"the topics are not as they were made after {VISIBLE_SECONDS:.0f} s: look at the"
                " broker's log"
            )
        _create(admin, [step for step in steps if step.what == "create"], wanted.replication)
        _change(admin, [step for step in steps if step.what == "change"])
        touched.update(dict.fromkeys(step.topic for step in steps))
        time.sleep(AGAIN_SECONDS)


def _create(admin: AdminClient, steps: Sequence[TopicStep], replication: int) -> None:
    if not steps:
        return
    made = admin.create_topics(
        [
            NewTopic(step.topic, step.row.partitions, replication, config=dict(step.settings))
            for step in steps
        ],
        operation_timeout=ANSWER_SECONDS,
    )
    for name, future in made.items():
        try:
            _answer(future, f"creating {name}")
        except _Refused as refused:
            if refused.name != "TOPIC_ALREADY_EXISTS":  # another process was faster
                raise


def _change(admin: AdminClient, steps: Sequence[TopicStep]) -> None:
    if not steps:
        return
    resources = [
        ConfigResource(
            ResourceType.TOPIC,
            step.topic,
            incremental_configs=[
                ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
                for key, value in step.settings.items()
            ],
        )
        for step in steps
    ]
    for resource, future in admin.incremental_alter_configs(resources).items():
        _answer(future, f"changing {resource.name}")


def _led(listed: Mapping[str, Any], names: Names) -> bool:
    ours = [listed[names.of(row)] for row in TOPICS if names.of(row) in listed]
    return len(ours) == len(TOPICS) and all(
        part.leader >= 0 for topic in ours for part in topic.partitions.values()
    )


class _Refused(SettingError):
    """The broker said no; `name` is Kafka's name of the error."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


def _listed(admin: AdminClient) -> Mapping[str, Any]:
    try:
        topics: Mapping[str, Any] = admin.list_topics(timeout=ANSWER_SECONDS).topics
    except KafkaException as failure:
        cause = failure.args[0].str()
        raise SettingError(
            f"the broker does not answer ({cause}): start it, or correct its address"
        ) from failure
    return topics


def _settings(admin: AdminClient, topics: Sequence[str]) -> dict[str, dict[str, str]]:
    resources = [ConfigResource(ResourceType.TOPIC, name) for name in topics]
    asked = admin.describe_configs(resources) if resources else {}
    return {
        resource.name: {
            key: str(entry.value)
            for key, entry in _answer(future, f"reading {resource.name}").items()
        }
        for resource, future in asked.items()
    }


def _described(admin: AdminClient, topics: Sequence[str]) -> dict[str, Any]:
    descriptions = {}
    for name, future in admin.describe_topics(TopicCollection(list(topics))).items():
        try:
            descriptions[name] = _answer(future, f"reading {name}")
        except _Refused as refused:
            if refused.name != "UNKNOWN_TOPIC_OR_PART":
                raise
    return descriptions


def _answer(future: "Future[T]", doing: str) -> T:
    try:
        return future.result(ANSWER_SECONDS)
    except KafkaException as failure:
        error = failure.args[0]
        raise _Refused(f"{doing}: the broker says {error.str()}", error.name()) from failure
    except TimeoutError as late:
        raise SettingError(f"{doing}: no answer in {ANSWER_SECONDS:.0f} s: try again") from late
