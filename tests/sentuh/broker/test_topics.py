"""Topics on a real broker: made from their rows, corrected when they drift, known by their ids."""

import asyncio

import pytest
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from sentuh.broker.topics import apply, partitions, plan, topic_ids
from sentuh.embedded.servers import Tansu
from shared.contracts.errors import SettingError
from shared.contracts.rights import AUDITOR
from shared.contracts.topics import (
    MODEL_OUTPUTS,
    PARTITIONS,
    RESPONSES,
    TASKS,
    TOPICS,
    WORKERS,
    Names,
)
from tests.support.cluster import Kafka

LIMIT_SECONDS = 120


def admin(kafka: Kafka) -> AdminClient:
    """A client; keep it in a name, for with it goes what it was asked."""
    return AdminClient({"bootstrap.servers": kafka.bootstrap})


def set_setting(kafka: Kafka, topic: str, name: str, value: str) -> None:
    entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    client = admin(kafka)
    client.incremental_alter_configs([resource])[resource].result(LIMIT_SECONDS)


def delete(kafka: Kafka, topic: str) -> None:
    client = admin(kafka)
    client.delete_topics([topic])[topic].result(LIMIT_SECONDS)


def create(kafka: Kafka, topic: str, count: int) -> None:
    client = admin(kafka)
    client.create_topics([NewTopic(topic, count, 1)])[topic].result(LIMIT_SECONDS)


async def test_every_topic_is_made_from_its_row(kafka: Kafka, prefix: str) -> None:
    names = Names(prefix)
    every = [names.of(row) for row in TOPICS]

    assert [step.what for step in await plan(kafka.bootstrap, names)] == ["create"] * len(TOPICS)
    assert await apply(kafka.bootstrap, names) == every

    assert await plan(kafka.bootstrap, names) == []
    assert await apply(kafka.bootstrap, names) == []
    counts = await partitions(kafka.bootstrap, names, AUDITOR)
    assert counts == {names.of(row): row.partitions for row in TOPICS}


async def test_a_setting_that_drifted_is_corrected_and_no_other_touched(
    kafka: Kafka, prefix: str
) -> None:
    names = Names(prefix)
    tasks = names.of(TASKS)
    await apply(kafka.bootstrap, names)
    set_setting(kafka, tasks, "retention.ms", "1000")
    set_setting(kafka, tasks, "segment.ms", "86400000")

    async with asyncio.timeout(LIMIT_SECONDS):
        while not (drift := await plan(kafka.bootstrap, names)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    changed = await apply(kafka.bootstrap, names)

    assert [(step.topic, step.what) for step in drift] == [(tasks, "change")]
    assert "retention.ms: 1000 → 5356800000" in drift[0].how
    assert changed == [tasks]
    assert await plan(kafka.bootstrap, names) == []
    about = ConfigResource(ResourceType.TOPIC, tasks)
    client = admin(kafka)
    kept = client.describe_configs([about])[about].result(LIMIT_SECONDS)
    assert kept["segment.ms"].value == "86400000"


async def test_another_number_of_partitions_is_left_to_a_person(kafka: Kafka, prefix: str) -> None:
    names = Names(prefix)
    workers = names.of(WORKERS)
    create(kafka, workers, PARTITIONS - 1)

    changed = await apply(kafka.bootstrap, names)

    left = await plan(kafka.bootstrap, names)
    assert [(step.topic, step.blocked) for step in left] == [(workers, True)]
    assert workers in changed  # its settings were corrected


async def test_a_topic_made_anew_has_another_id(kafka: Kafka, prefix: str) -> None:
    names = Names(prefix)
    responses = names.of(RESPONSES)
    await apply(kafka.bootstrap, names)
    before = await topic_ids(kafka.bootstrap, names)

    delete(kafka, responses)
    async with asyncio.timeout(LIMIT_SECONDS):
        while responses in await topic_ids(kafka.bootstrap, names):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await apply(kafka.bootstrap, names)

    after = await topic_ids(kafka.bootstrap, names)
    assert {name for name in after if after[name] != before[name]} == {responses}


async def test_two_at_once_make_each_topic_once(kafka: Kafka, prefix: str) -> None:
    names = Names(prefix)

    await asyncio.gather(*(apply(kafka.bootstrap, names) for _ in range(3)))

    assert await plan(kafka.bootstrap, names) == []


async def test_the_embedded_broker_takes_them_too() -> None:
    async with Tansu() as broker:
        names = Names("e-")

        await apply(broker.bootstrap, names)

        assert await plan(broker.bootstrap, names) == []
        assert len(await topic_ids(broker.bootstrap, names)) == len(TOPICS)


async def test_a_broker_that_is_away_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sentuh.broker.topics.ANSWER_SECONDS", 0.5)
    with pytest.raises(SettingError, match="start it, or correct its address"):
        await plan("127.0.0.1:9", Names())


async def test_a_topic_by_its_senders_time_is_named_with_the_fix(kafka: Kafka, prefix: str) -> None:
    names = Names(prefix)
    outputs = names.of(MODEL_OUTPUTS)
    await apply(kafka.bootstrap, names)
    set_setting(kafka, outputs, "message.timestamp.type", "CreateTime")

    async with asyncio.timeout(LIMIT_SECONDS):
        while not (drift := await plan(kafka.bootstrap, names)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    assert [(step.topic, step.what) for step in drift] == [(outputs, "change")]
    assert "message.timestamp.type: CreateTime → LogAppendTime" in drift[0].how
    assert drift[0].advice.startswith("until then Kafka deletes by the senders' time")
    assert "--keep-all" in drift[0].advice


async def test_what_others_write_is_kept_while_a_topic_is_moved(kafka: Kafka, prefix: str) -> None:
    names = Names(prefix)
    outputs = names.of(MODEL_OUTPUTS)
    await apply(kafka.bootstrap, names)
    set_setting(kafka, outputs, "message.timestamp.type", "CreateTime")

    moved = await apply(kafka.bootstrap, names, keep_all=True)
    meanwhile = await plan(kafka.bootstrap, names)
    await apply(kafka.bootstrap, names)

    assert outputs in moved
    assert {step.topic: dict(step.settings) for step in meanwhile} == {
        names.of(row): {"retention.ms": row.config()["retention.ms"]}
        for row in TOPICS
        if row.border and not row.compacted
    }
    assert await plan(kafka.bootstrap, names) == []
