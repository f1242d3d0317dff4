"""Nothing is deleted unread without a word, on a broker whose cleaner is at work."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from pydantic import JsonValue

from sentuh.__main__ import main
from sentuh.audit import audit
from sentuh.broker.redis_state import losses
from sentuh.broker.topics import apply
from shared.connect.access import RedisAccess
from shared.contracts.events.model import natural_id
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS
from tests.journeys.hostile import raw
from tests.journeys.people import People
from tests.journeys.stack import Platform
from tests.journeys.sweeping import Cleaner, SweepingKafka
from tests.support.cluster import Kafka, Redis

pytestmark = [pytest.mark.real_kafka, pytest.mark.slow]

HOUR, DAY = 3600, 86_400
LIMIT_SECONDS = 90
SOURCE = "/models/back-fill"
OF_JAVASCRIPT = (
    b'{"id":"js-backfill-1","time":"2026-11-21T23:03:14.757Z","type":"model.output.v1",'
    b'"source":"/models/js","specversion":"1.0","datacontenttype":"application/json",'
    b'"data":{"format":"sklearn.proba","task_type":"digits","response":{"classes":["0","1"],'
    b'"probabilities":[0.58,0.42]}}}'
)
STRUCTURED = {"content-type": "application/cloudevents+json; charset=utf-8"}
"""The value and header that the SDK cloudevents 10.0.0 sends of an event eight days old, whose time
it makes the record's. It lacks the picture that its task type shows: it is read, and refused."""

OF_THE_PICTURE = "media: people need it to answer this task type: send it in our envelope"


class Scene:
    """Four services on a broker that deletes, and who publishes and answers."""

    def __init__(self, platform: Platform, cleaner: Cleaner, redis_url: str) -> None:
        self.platform, self.cleaner, self.redis = platform, cleaner, RedisAccess(redis_url)
        self.wire, self.people = platform.wire, People(platform.wire)
        self.outputs = platform.names.of(MODEL_OUTPUTS)
        self.people.join(
            *(f"w-{number}" for number in range(6)),
            skills={"copies": 1},
            capacity=20,
        )

    def stop(self) -> None:
        """Stop intake."""
        self.platform.services["intake"].stop()

    def start(self) -> None:
        """Start intake and wait until it is ready."""
        self.platform.services["intake"].spawn()
        self.platform.services["intake"].wait_ready()

    def publish(self, *names: str, age_seconds: float = 0) -> list[str]:
        """Publish unsure outputs to partition 0; the ids of their tasks."""
        payload: JsonValue = {"answer": "right", "confidence": {"value": 0.1}}
        values = [
            raw({"source": SOURCE, "id": name, "task_type": "copies", "response": payload})
            for name in names
        ]
        self.cleaner.send(self.outputs, values, age_seconds=age_seconds)
        return [natural_id("output", SOURCE, name) for name in names]

    def topics(self, what: str, *more: str) -> int:
        """Run `sentuh topics` on this broker; its exit code."""
        where = ("--kafka", self.platform.bootstrap, "--prefix", self.platform.names.prefix)
        return main(["topics", what, *where, *more])

    def judged(self, tasks: Sequence[str]) -> None:
        """Wait until people have judged all of them."""
        waiting = list(tasks)
        limit = time.monotonic() + LIMIT_SECONDS
        while waiting:
            assert time.monotonic() < limit, f"not judged: {waiting}"
            self.wire.look()
            self.people.answer_all()
            waiting = [one for one in waiting if not self.wire.of(VerdictReached, task_id=one)]

    def times_made(self, tasks: Sequence[str]) -> Counter[str]:
        """How many records made each task."""
        made = [event.task_id for _, event in self.wire._events if isinstance(event, TaskCreated)]
        return Counter(task_id for task_id in made if task_id in tasks)


@pytest.fixture(scope="module")
def scene(redis_server: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A scene on a broker of its own."""
    with SweepingKafka(tmp_path_factory.mktemp("broker")) as broker:
        kafka = Kafka(broker.bootstrap, "Apache Kafka", broker.version, real=True)
        platform = Platform(kafka, redis_server.url, tmp_path_factory.mktemp("platform"))
        with platform.run():
            yield Scene(platform, Cleaner(broker.bootstrap), redis_server.url)


def test_an_output_is_judged_however_old_or_new_its_sender_says_it_is(scene: Scene) -> None:
    scene.stop()
    tasks: list[str] = []
    for name, age in (("8-days", 8 * DAY), ("400-days", 400 * DAY), ("ahead", -30 * HOUR)):
        tasks += scene.publish(name, age_seconds=age)
    scene.cleaner.send(scene.outputs, [OF_JAVASCRIPT], age_seconds=8 * DAY, headers=STRUCTURED)
    scene.cleaner.has_run()
    scene.start()

    scene.judged(tasks)
    refused = scene.wire.until(lambda: scene.wire.records(DEAD_LETTERS["intake"]))

    assert [record.header("dl_detail") for record in refused] == [OF_THE_PICTURE]
    assert scene.platform.metric("intake", "sentuh_intake_oldest_unread_seconds") < DAY
    assert scene.platform.metric("intake", "sentuh_intake_lost_unread_records") == 0


def test_a_topic_in_use_is_moved_without_loss(scene: Scene) -> None:
    names, broker = scene.platform.names, scene.platform.bootstrap
    scene.cleaner.set(scene.outputs, {"message.timestamp.type": "CreateTime", "retention.ms": "-1"})
    tasks = scene.publish("live-1", "live-2")
    scene.judged(tasks)
    scene.stop()
    tasks += scene.publish("old-1", "old-2", age_seconds=8 * DAY)
    assert scene.topics("check") == 1

    assert scene.topics("apply", "--keep-all") == 0
    tasks += scene.publish("meanwhile-1", "meanwhile-2", age_seconds=400 * DAY)
    scene.cleaner.has_run()
    scene.start()
    scene.judged(tasks)
    scene.wire.until(scene.platform.quiet)
    assert scene.topics("apply") == 0
    tasks += scene.publish("after", age_seconds=8 * DAY)
    scene.cleaner.has_run()
    scene.judged(tasks)

    assert scene.topics("check") == 0
    assert scene.times_made(tasks) == Counter(tasks)
    assert asyncio.run(losses(scene.redis, "intake")) == []
    report = asyncio.run(audit(broker, names, redis=scene.redis, allow_open=True))
    assert report.ok, report.broken


def test_outputs_deleted_before_they_were_read_are_named(scene: Scene) -> None:
    names, broker = scene.platform.names, scene.platform.bootstrap
    scene.wire.until(scene.platform.quiet)
    scene.stop()
    before = scene.wire.counts()[MODEL_OUTPUTS.name]
    tasks = scene.publish(*(f"lost-{number}" for number in range(10)))
    scene.cleaner.delete_before(scene.outputs, before + 6)
    scene.start()
    scene.judged(tasks[6:])

    (loss,) = asyncio.run(losses(scene.redis, "intake"))
    report = asyncio.run(audit(broker, names, redis=scene.redis, allow_open=True))

    assert (loss.topic, loss.first, loss.records) == (scene.outputs, before, 6)
    assert scene.platform.metric("intake", "sentuh_intake_lost_unread_records") == 6
    log = scene.platform.logs()["intake"]
    assert any(
        json.loads(line).get("event") == "records were deleted before they were read"
        for line in log.splitlines()
        if line.startswith("{")
    )
    assert report.broken == (1,)
    assert report.counts["records deleted unread"] == 6
    assert [str(one) for one in report.finding(1).violations] == [
        f"{scene.outputs}[0]: 6 records from offset {before} on were deleted before intake read"
        " them"
    ]


def test_a_loss_that_was_looked_into_is_forgotten(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SENTUH_REDIS_URL", scene.redis.url)

    assert main(["redis", "losses", "intake", "--forget"]) == 0

    assert "6 records were deleted before they were read." in capsys.readouterr().out
    assert asyncio.run(losses(scene.redis, "intake")) == []
    scene.wire.until(
        lambda: scene.platform.metric("intake", "sentuh_intake_lost_unread_records") == 0
    )


def test_a_start_after_a_rebuild_finds_the_loss_no_second_time(scene: Scene) -> None:
    scene.stop()
    scene.start()

    assert scene.platform.metric("intake", "sentuh_intake_lost_unread_records") == 0


def test_outputs_deleted_for_a_topic_s_size_are_named(scene: Scene) -> None:
    scene.wire.until(scene.platform.quiet)
    scene.stop()
    before = scene.wire.counts()[MODEL_OUTPUTS.name]
    scene.publish("big-1", "big-2", "big-3")
    scene.cleaner.set(scene.outputs, {"retention.bytes": "0"})
    scene.cleaner.empties(scene.outputs)
    scene.cleaner.set(scene.outputs, {"retention.bytes": "-1"})
    scene.start()

    (loss,) = scene.wire.until(lambda: asyncio.run(losses(scene.redis, "intake", forget=True)))

    assert (loss.first, loss.records) == (before, 3)


def test_of_a_topic_made_anew_while_nobody_read_all_is_read(scene: Scene) -> None:
    scene.stop()
    scene.cleaner.delete(scene.outputs)
    asyncio.run(apply(scene.platform.bootstrap, scene.platform.names))
    tasks = scene.publish("anew-1", "anew-2")
    scene.start()

    scene.judged(tasks)

    assert asyncio.run(losses(scene.redis, "intake")) == []
    assert "a topic was made anew" in scene.platform.logs()["intake"]
