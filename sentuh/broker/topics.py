"""The topics on a broker against their rows: what differs, what can be corrected, and their ids."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from shared.connect.access import KafkaAccess
from shared.connect.admission import partition_counts, reach
from shared.contracts.errors import SettingError, TransientError
from shared.contracts.rights import TOPICS_JOB, Right, rights
from shared.contracts.topics import TOPICS, Names, Topic

ANSWER_SECONDS = 10.0
VISIBLE_SECONDS = 15.0
AGAIN_SECONDS = 0.05
SAFE_REPLICATION = 3
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TopicStep:
    """One thing to do about one topic. `refit` is what no command may do by itself."""

    topic: str
    what: Literal["create", "change", "refit"]
    how: str
    row: Topic
    settings: Mapping[str, str]

    @property
    def blocked(self) -> bool:
        """Whether a person has to decide."""
        return self.what == "refit"


async def plan(where: KafkaAccess | str, names: Names, *, replication: int = 1) -> list[TopicStep]:
    """What the broker lacks or holds otherwise, in the order of the rows; SettingError if away."""
    admin = await admin_of(where)
    job = rights(names, [TOPICS_JOB])
    await _seen(KafkaAccess.of(where), [right for right in job if right.operation == "Describe"])
    return await asyncio.to_thread(_plan, admin, names, replication)


async def apply(where: KafkaAccess | str, names: Names, *, replication: int = 1) -> list[str]:
    """Create what is missing, correct what drifted, and wait until it can be used.

    Returns the names of the topics created or changed. Another number of partitions is left as it
    is: it would send the keys of half-done work to other partitions.
    """
    return await asyncio.to_thread(_apply, await admin_of(where), names, replication)


async def topic_ids(where: KafkaAccess | str, names: Names) -> dict[str, str]:
    """Id by name of the topics that are there: a topic deleted and made anew has another id."""
    admin = await admin_of(where)
    found = await asyncio.to_thread(_described, admin, [names.of(row) for row in TOPICS])
    return {name: str(about.topic_id) for name, about in found.items()}


async def partitions(where: KafkaAccess | str, names: Names, role: str) -> dict[str, int]:
    """How many partitions each topic has that a role reads or writes, by name; absent: none.

    SettingError names what we lack of the role's rights, or says that no broker answers.
    """
    return await granted(where, rights(names, [role]))


async def granted(where: KafkaAccess | str, wanted: Sequence[Right]) -> dict[str, int]:
    """As `partitions`, of the topics of these rights, where no more of a role's are needed."""
    await admin_of(where)
    return await _seen(KafkaAccess.of(where), wanted)


async def admin_of(where: KafkaAccess | str) -> AdminClient:
    """A client to administer a broker that lets us in; SettingError with the fix if none does."""
    access = KafkaAccess.of(where)
    try:
        await reach(access)
    except TransientError as failure:
        raise _silent(failure) from failure
    return AdminClient({**access.librdkafka(), "client.id": "sentuh"})


async def _seen(access: KafkaAccess, wanted: Sequence[Right]) -> dict[str, int]:
    try:
        return await partition_counts(access, wanted)
    except TransientError as failure:
        raise _silent(failure) from failure


def _silent(failure: TransientError) -> SettingError:
    said = f"the broker does not answer ({failure}): start it, or correct its address"
    return SettingError(said)


def _plan(admin: AdminClient, names: Names, replication: int) -> list[TopicStep]:
    there = _there(admin)
    present = [row for row in TOPICS if names.of(row) in there]
    settings = _settings(admin, [names.of(row) for row in present])
    steps = []
    for row in TOPICS:
        name = names.of(row)
        if row in present:
            steps += _drift(name, row, there[name], settings[name])
        else:
            steps.append(_creation(name, row, replication))
    return steps


def _creation(name: str, row: Topic, replication: int) -> TopicStep:
    settings = _wanted(row, replication)
    said = ", ".join(f"{key}={value}" for key, value in sorted(settings.items()))
    how = f"{row.partitions} partitions, {replication} copies, {said}"
    return TopicStep(name, "create", how, row, settings)


def _drift(name: str, row: Topic, about: Any, settings: Mapping[str, str]) -> list[TopicStep]:
    steps = []
    count, copies = len(about.partitions), len(about.partitions[0].replicas)
    if count != row.partitions:
        how = (
            f"has {count} partitions, wants {row.partitions}: keys would change place; make it"
            " anew while nothing is under way, or change its row"
        )
        steps.append(TopicStep(name, "refit", how, row, {}))
    wanted = _wanted(row, copies)
    wrong = {key: value for key, value in wanted.items() if settings.get(key) != value}
    if wrong:
        said = (f"{key}: {settings.get(key)} → {value}" for key, value in sorted(wrong.items()))
        steps.append(TopicStep(name, "change", ", ".join(said), row, wrong))
    return steps


def _wanted(row: Topic, replication: int) -> dict[str, str]:
    """The row's settings; from three copies on a write must reach two, or it is no write."""
    safe = {"min.insync.replicas": "2"} if replication >= SAFE_REPLICATION else {}
    return {**row.config(), **safe}


def _apply(admin: AdminClient, names: Names, replication: int) -> list[str]:
    """Do and look again until nothing is left: a broker's yes comes before its nodes know."""
    if replication < 1:
        raise SettingError(f"--replication {replication}: a topic has 1 copy at least")
    touched: dict[str, None] = {}
    limit = time.monotonic() + VISIBLE_SECONDS
    while True:
        steps = [step for step in _plan(admin, names, replication) if not step.blocked]
        if not steps and _led(_there(admin), names):
            return list(touched)
        if time.monotonic() > limit:
            raise SettingError(
                f"the topics are not as they were made after {VISIBLE_SECONDS:.0f} s: look at the"
                " broker's log"
            )
        _create(admin, [step for step in steps if step.what == "create"], replication)
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


def _led(there: Mapping[str, Any], names: Names) -> bool:
    ours = [there[names.of(row)] for row in TOPICS if names.of(row) in there]
    return len(ours) == len(TOPICS) and all(
        part.leader >= 0 for topic in ours for part in topic.partitions.values()
    )


class _Refused(SettingError):
    """The broker said no; `name` is Kafka's name of the error."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


def _there(admin: AdminClient) -> Mapping[str, Any]:
    try:
        topics: Mapping[str, Any] = admin.list_topics(timeout=ANSWER_SECONDS).topics
    except KafkaException as failure:
        said = failure.args[0].str()
        raise SettingError(
            f"the broker does not answer ({said}): start it, or correct its address"
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
    found = {}
    for name, future in admin.describe_topics(TopicCollection(list(topics))).items():
        try:
            found[name] = _answer(future, f"reading {name}")
        except _Refused as refused:
            if refused.name != "UNKNOWN_TOPIC_OR_PART":
                raise
    return found


def _answer(future: "Future[T]", doing: str) -> T:
    try:
        return future.result(ANSWER_SECONDS)
    except KafkaException as failure:
        error = failure.args[0]
        raise _Refused(f"{doing}: the broker says {error.str()}", error.name()) from failure
    except TimeoutError as late:
        raise SettingError(f"{doing}: no answer in {ANSWER_SECONDS:.0f} s: try again") from late
