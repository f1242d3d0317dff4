"""Fixtures of all tests: the broker, the Redis, and a topic prefix for each test alone."""

import uuid
from collections.abc import Iterator

import pytest
import redis
from confluent_kafka.admin import AdminClient
from hypothesis import settings

from sentuh.embedded.child import StackError
from tests.support.cluster import Kafka, Redis, choose_kafka, choose_redis

ADMIN_SECONDS = 120

settings.register_profile("any machine", deadline=None)  # a busy one is no wrong one
settings.load_profile("any machine")


def pytest_configure() -> None:
    """Find Kafka and Redis before anything else; what cannot be had ends the run with the fix."""
    try:
        choose_kafka()
        choose_redis()
    except StackError as failure:
        raise pytest.UsageError(str(failure)) from failure


def pytest_report_header() -> list[str]:
    """Say in the first lines which Kafka and which Redis the run is about."""
    return [f"Kafka: {choose_kafka()}", f"Redis: {choose_redis()}"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count what needs a broker as slow, and skip by name what the one at hand cannot show."""
    chosen = choose_kafka()
    for item in items:
        if item.get_closest_marker("compose") and "compose" not in item.config.option.markexpr:
            item.add_marker(pytest.mark.skip(reason="minutes of its own: make test-compose"))
        if "kafka" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("real_kafka") and not chosen.real:
            item.add_marker(pytest.mark.skip(reason=f"needs Apache Kafka; this run has {chosen}"))


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """A running broker, one for the whole run; keep tests apart by `prefix`."""
    with choose_kafka().run() as broker:
        yield broker


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """A running Redis or Valkey, one for the whole run; tests use `redis_url`.

    A test that kills or restores the server starts its own `sentuh.embedded.servers.Valkey`.
    """
    with choose_redis().run() as server:
        yield server


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """URL of the server with no key and no function library in it."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
        client.function_flush()
    return redis_server.url


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> Iterator[str]:
    """A SENTUH_TOPIC_PREFIX no other test has; its topics are deleted at the end."""
    own = f"t{uuid.uuid4().hex[:8]}-"
    yield own
    if "kafka" in request.fixturenames:
        _delete_topics(request.getfixturevalue("kafka").bootstrap, own)


def _delete_topics(bootstrap: str, prefix: str) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap})
    topics = [
        name for name in admin.list_topics(timeout=ADMIN_SECONDS).topics if name.startswith(prefix)
    ]
    for done in (
        admin.delete_topics(topics, operation_timeout=ADMIN_SECONDS).values() if topics else ()
    ):
        done.exception(ADMIN_SECONDS)
