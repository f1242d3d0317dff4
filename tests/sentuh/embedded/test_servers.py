"""The embedded stack: each part starts, serves, survives a crash, and leaves nothing behind."""

import asyncio
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import TopicPartition as ClientPartition
from confluent_kafka.admin import AdminClient, NewTopic

from sentuh.embedded.child import Child, StackError
from sentuh.embedded.reaper import remaining
from sentuh.embedded.servers import ApacheKafka, Tansu, Valkey, fetch_kafka
from sentuh.embedded.wire import ask_broker
from tests.support.cluster import Kafka

LIMIT_SECONDS = 120


def runs_on_jdk() -> bool:
    """Whether a test can start an Apache Kafka of its own, whichever one the run uses."""
    try:
        fetch_kafka()
    except StackError:
        return False
    return True


def make_topic(bootstrap: str, partitions: int = 1) -> str:
    topic = f"t-{uuid.uuid4().hex[:8]}"
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(LIMIT_SECONDS)
    return topic


async def produce(bootstrap: str, topic: str, *values: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            for value in values:
                await producer.send_and_wait(topic, value, partition=0)
    finally:
        await producer.stop()


async def read(bootstrap: str, topic: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    consumer.assign([ClientPartition(topic, 0)])
    await consumer.start()
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    with Valkey(tmp_path / "valkey") as server:
        yield server


async def test_tansu_carries_records(tmp_path: Path) -> None:
    async with Tansu(tmp_path) as broker:
        topic = await asyncio.to_thread(make_topic, broker.bootstrap)
        await produce(broker.bootstrap, topic, b"one", b"two")

        assert await read(broker.bootstrap, topic, 2) == [b"one", b"two"]
        assert not ask_broker(broker.bootstrap).is_apache


@pytest.mark.skipif(not runs_on_jdk(), reason="no Java and Maven here to start Apache Kafka with")
@pytest.mark.slow
async def test_apache_kafka_keeps_its_records_over_kill_9(tmp_path: Path) -> None:
    async with ApacheKafka(tmp_path) as broker:
        topic = await asyncio.to_thread(make_topic, broker.bootstrap)
        await produce(broker.bootstrap, topic, b"before")
        await asyncio.to_thread(broker.kill)
        await asyncio.to_thread(broker.start)
        await produce(broker.bootstrap, topic, b"after")

        assert await read(broker.bootstrap, topic, 2) == [b"before", b"after"]


async def test_the_broker_of_the_run_is_what_the_header_says(kafka: Kafka) -> None:
    broker = ask_broker(kafka.bootstrap)
    topic = await asyncio.to_thread(make_topic, kafka.bootstrap)
    await produce(kafka.bootstrap, topic, b"here")

    assert await read(kafka.bootstrap, topic, 1) == [b"here"]
    assert broker.is_apache == kafka.real
    assert not kafka.real or kafka.version.startswith(broker.release)


def test_valkey_keeps_its_keys_over_kill_9(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.set("kept", "yes")
    valkey.kill()
    valkey.start()

    with redis.Redis.from_url(valkey.url) as client:
        assert client.get("kept") == b"yes"
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_valkey_restored_from_an_older_copy_went_back_in_time(
    valkey: Valkey, tmp_path: Path
) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.set("revision", 1)
        valkey.kill()
        older = valkey.data.rename(tmp_path / "older")
        valkey.start()
        assert client.get("revision") is None
        valkey.kill()
        _remove(valkey.data)
        older.rename(valkey.data)
        valkey.start()

        assert client.get("revision") == b"1"


def test_leaving_the_context_removes_process_and_home() -> None:
    with Valkey() as server:
        pid, home = server.pid, server.home
        assert home.is_dir()

    assert not server.running
    assert not home.exists()
    assert not Path(f"/proc/{pid}/exe").exists()


class Sleeper(Child):
    """A child that is never ready, or ends at once."""

    name = "sleeper"
    ready_seconds = 0.2

    def __init__(self, home: Path, code: str) -> None:
        super().__init__(home)
        self.code = code

    def command(self) -> list[str]:
        return [sys.executable, "-c", self.code]

    def ready(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("import time; time.sleep(60)", "was not ready within"),
        ("print('no such thing'); raise SystemExit(3)", "ended with 3"),
    ],
)
def test_a_child_that_does_not_serve_is_ended_and_says_where_to_look(
    tmp_path: Path, code: str, ending: str
) -> None:
    child = Sleeper(tmp_path, code)
    child.ready_seconds = 0.2 if "sleep" in code else 120.0

    with pytest.raises(StackError, match=ending) as failure:
        child.start()

    assert str(child.log) in str(failure.value)
    assert not child.running


def test_children_of_a_killed_parent_end_too(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, signal, sys\n"
        "from sentuh.embedded.servers import Valkey\n"
        "server = Valkey(pathlib.Path(sys.argv[1])).start()\n"
        "print(server.port, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], check=False, capture_output=True, text=True
    )
    url = f"redis://127.0.0.1:{int(done.stdout)}"

    assert done.returncode == -9
    wait_for(lambda: not _answers(url))


def test_the_reaper_ends_what_was_not_taken_back() -> None:
    assert remaining(["+11\n", "+12\n", "-11\n", "+13\n", "-14\n"]) == {12, 13}


def wait_for(fact: Callable[[], bool]) -> None:
    import time

    limit = time.monotonic() + LIMIT_SECONDS
    while not fact():
        assert time.monotonic() < limit, "waited too long"
        time.sleep(0.02)


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


def _remove(directory: Path) -> None:
    for path in sorted(directory.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    directory.rmdir()
