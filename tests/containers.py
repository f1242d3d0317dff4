"""Kafka and Redis as containers, where a Docker engine answers and has or can pull the images."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sentuh.child import LOG_TAIL_LINES, StackError, free_port

KAFKA_IMAGE = os.environ.get("SENTUH_TEST_KAFKA_IMAGE", "apache/kafka:4.3.1")
REDIS_IMAGE = os.environ.get("SENTUH_TEST_REDIS_IMAGE", "redis:8.0")
DOCKER_SECONDS = 5.0
PULL_SECONDS = 180.0
REDIS_OPTIONS = "--save '' --appendonly yes --maxmemory-policy noeviction"


def why_no_container(image: str) -> str | None:
    """Return why `image` cannot be run here, None if it can; pulls it if it is missing."""
    if os.environ.get("SENTUH_TEST_DOCKER") == "no":
        return "SENTUH_TEST_DOCKER=no hides Docker"
    if not shutil.which("docker"):
        return "there is no docker command"
    try:
        if _docker("info", seconds=DOCKER_SECONDS):
            return "no Docker engine answers"
        return _why_no_image(image) or _why_no_reaper()
    except subprocess.TimeoutExpired as late:
        return f"docker {late.cmd[1]} took over {late.timeout:.0f} s"


@contextmanager
def kafka(image: str = KAFKA_IMAGE) -> Iterator[str]:
    """Run Apache Kafka in a container; yields where clients connect."""
    from tests.apache_kafka import ApacheKafkaContainer

    container = ApacheKafkaContainer(image)
    with _running(container):
        yield container.bootstrap


@contextmanager
def redis(image: str = REDIS_IMAGE) -> Iterator[str]:
    """Run Redis in a container; yields its URL."""
    from testcontainers.community.redis import RedisContainer

    from tests.apache_kafka import host_of

    port = free_port()
    container = RedisContainer(image).with_bind_ports(6379, port)
    container.with_command(f"redis-server {REDIS_OPTIONS}")
    with _running(container):
        yield f"redis://{host_of(container)}:{port}"


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
