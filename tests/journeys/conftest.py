"""One running platform per module: starting it takes longer than most tests."""

from collections.abc import Iterator

import pytest

from tests.journeys.people import People
from tests.journeys.stack import Platform
from tests.journeys.wire import Wire
from tests.support.cluster import Kafka, Redis


@pytest.fixture(scope="module")
def platform(
    kafka: Kafka, redis_server: Redis, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """The four services, ready."""
    with Platform(kafka, redis_server.url, tmp_path_factory.mktemp("platform")).run() as running:
        yield running


@pytest.fixture(scope="module")
def wire(platform: Platform) -> Wire:
    """What publishes and sees everything."""
    return platform.wire


@pytest.fixture(scope="module")
def people(wire: Wire) -> People:
    """Who answers."""
    return People(wire)
