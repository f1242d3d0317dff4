"""Kafka and Redis as containers, where a Docker engine answers and has or can pull the images."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sentuh.embedded.child import LOG_TAIL_LINES, StackError, free_port

KAFKA_IMAGE = os.environ.get("SENTUH_TEST_KAFKA_IMAGE", "apache/kafka:4.3.1")
REDIS_IMAGE = os.environ.get("SENTUH_TEST_REDIS_IMAGE", "redis:8.0")
PYTHON_IMAGE = "python:3.13-slim"
"""What deploy/Dockerfile builds on."""
DOCKER_SECONDS = 5.0
PULL_SECONDS = 180.0
REDIS_OPTIONS = "--save '' --appendonly yes --maxmemory-policy noeviction"


def why_no_container(image: str) -> str | None:
    """Return why `image` cannot be run here, None if it can; pulls it if it is missing."""
    return _first_of(_why_no_engine, lambda: _why_no_image(image), _why_no_reaper)


def why_no_compose() -> str | None:
    """Return why the compose file cannot be tried here, None if it can."""
    images = (KAFKA_IMAGE, REDIS_IMAGE, PYTHON_IMAGE)
    asks = (partial(_why_no_image, image) for image in images)
    return _first_of(_why_no_engine, _why_no_plugin, *asks)


@contextmanager
def kafka(image: str = KAFKA_IMAGE) -> Iterator[str]:
    """Run Apache Kafka in a container; yields where clients connect."""
    from tests.support.cluster.apache_kafka import ApacheKafkaContainer

    container = ApacheKafkaContainer(image)
    with _running(container):
        yield container.bootstrap


@contextmanager
def redis(image: str = REDIS_IMAGE) -> Iterator[str]:
    """Run Redis in a container; yields its URL."""
    from testcontainers.community.redis import RedisContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    from tests.support.cluster.apache_kafka import publish

    port = free_port()
    container = RedisContainer(image).with_command(f"redis-server {REDIS_OPTIONS}")
    container.waiting_for(LogMessageWaitStrategy("Ready to accept connections"))
    host = publish(container, 6379, port)
    with _running(container):
        yield f"redis://{host}:{port}"


@contextmanager
def redis_with(settings: Sequence[str], port: int, files: Path) -> Iterator[None]:
    """Run Redis in a container under these settings, with the files of a directory in /given."""
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    container = DockerContainer(REDIS_IMAGE).with_bind_ports(port, port)
    container.with_volume_mapping(str(files), "/given", "ro")
    container.with_command(["redis-server", *settings])
    container.waiting_for(LogMessageWaitStrategy("Ready to accept connections"))
    with _running(container):
        yield


@contextmanager
def _running(container: Any) -> Iterator[None]:
    try:
        container.start()
    except Exception as failure:
        said = _said(container)
        container.stop()
        raise StackError(
            f"the container of {container.image} did not start ({failure}); hide Docker from the"
            f" tests with SENTUH_TEST_DOCKER=no, or mend what it said:\n{said}"
        ) from failure
    try:
        yield
    finally:
        container.stop()


def _said(container: Any) -> str:
    try:
        lines = b"\n".join(container.get_logs()).decode(errors="replace").splitlines()
    except Exception:  # noqa: BLE001 - it was not even created
        return "nothing"
    return "\n".join(lines[-LOG_TAIL_LINES:])


def _first_of(*asks: Callable[[], str | None]) -> str | None:
    try:
        return next(filter(None, (ask() for ask in asks)), None)
    except subprocess.TimeoutExpired as late:
        return f"docker {late.cmd[1]} took over {late.timeout:.0f} s"


def _why_no_engine() -> str | None:
    if os.environ.get("SENTUH_TEST_DOCKER") == "no":
        return "SENTUH_TEST_DOCKER=no hides Docker"
    if not shutil.which("docker"):
        return "there is no docker command"
    return "no Docker engine answers" if _docker("info", seconds=DOCKER_SECONDS) else None


def _why_no_plugin() -> str | None:
    lacking = _docker("compose", "version", seconds=DOCKER_SECONDS)
    return "docker has no compose: install its plugin" if lacking else None


def _why_no_image(image: str) -> str | None:
    if _docker("image", "inspect", image, seconds=DOCKER_SECONDS) == 0:
        return None
    refused = _docker("pull", "--quiet", image, seconds=PULL_SECONDS)
    return f"Docker cannot pull {image}" if refused else None


def _why_no_reaper() -> str | None:
    """The container that testcontainers starts to end the others if the tests cannot."""
    from testcontainers.core.config import testcontainers_config

    if testcontainers_config.ryuk_disabled:
        return None
    why = _why_no_image(testcontainers_config.ryuk_image)
    return f"{why}; TESTCONTAINERS_RYUK_DISABLED=true does without" if why else None


def _docker(*arguments: str, seconds: float) -> int:
    done = subprocess.run(
        ["docker", *arguments],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
    )
    return done.returncode
