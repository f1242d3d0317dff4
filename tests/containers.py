"""Kafka and Redis as containers, where a Docker engine answers and has or can pull the images."""

import os
import shutil
import subprocess
from typing import Any

from sentuh.child import LOG_TAIL_LINES, StackError, free_port

KAFKA_IMAGE = os.environ.get("SENTUH_TEST_KAFKA_IMAGE", "apache/kafka:4.3.1")
REDIS_IMAGE = os.environ.get("SENTUH_TEST_REDIS_IMAGE", "redis:8.0")
DOCKER_SECONDS = 5.0
PULL_SECONDS = 180.0
READY_SECONDS = 90

# Any KAFKA_* variable discards the image's own configuration, so this is all of it.
KAFKA_SETTINGS = {
    "KAFKA_NODE_ID": "1",
    "KAFKA_PROCESS_ROLES": "broker,controller",
    "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "KAFKA_INTER_BROKER_LISTENER_NAME": "PLAINTEXT",
    "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
    "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
    "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
    "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS": "4",
    "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
    "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
    "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR": "1",
    "KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR": "1",
    "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    "KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS": "1000",
    "KAFKA_HEAP_OPTS": "-Xms256m -Xmx512m",
}


def why_no_container(image: str) -> str | None:
    """Return why `image` cannot be run here, None if it can; pulls it if it is missing."""
    if os.environ.get("SENTUH_TEST_DOCKER") == "no" or not shutil.which("docker"):
        return "no docker command, or hidden by SENTUH_TEST_DOCKER=no"
    try:
        if _docker("info", seconds=DOCKER_SECONDS):
            return "no Docker engine answers"
        if _docker("image", "inspect", image, seconds=DOCKER_SECONDS) == 0:
            return None
        refused = _docker("pull", "--quiet", image, seconds=PULL_SECONDS)
    except subprocess.TimeoutExpired as late:
        return f"docker {late.cmd[1]} took over {late.timeout:.0f} s"
    return f"Docker cannot pull {image}" if refused else None


def start_kafka() -> tuple[Any, str]:
    """Start Apache Kafka in a container; return it and where clients connect."""
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    # The port is the same inside and outside: it can then be advertised before the start.
    port = free_port()
    container = DockerContainer(KAFKA_IMAGE)
    host = _host(container)
    container.with_bind_ports(port, port).with_envs(
        **KAFKA_SETTINGS,
        KAFKA_LISTENERS=f"PLAINTEXT://:{port},CONTROLLER://:9093",
        KAFKA_ADVERTISED_LISTENERS=f"PLAINTEXT://{host}:{port}",
    )
    ready = LogMessageWaitStrategy("Kafka Server started").with_startup_timeout(READY_SECONDS)
    container.waiting_for(ready)
    return _started(container), f"{host}:{port}"


def start_redis() -> tuple[Any, str]:
    """Start Redis in a container; return it and its URL."""
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    container = DockerContainer(REDIS_IMAGE).with_exposed_ports(6379)
    container.with_command("redis-server --save '' --appendonly yes --maxmemory-policy noeviction")
    ready = LogMessageWaitStrategy("Ready to accept connections")
    container.waiting_for(ready.with_startup_timeout(READY_SECONDS))
    _started(container)
    return container, f"redis://{_host(container)}:{container.get_exposed_port(6379)}"


def _started(container: Any) -> Any:
    try:
        return container.start()
    except Exception as failure:
        said = _said(container)
        container.stop()
        raise StackError(
            f"the container of {container.image} did not start ({failure}); hide Docker from the"
            f" tests with SENTUH_TEST_DOCKER=no, or mend what it said:\n{said}"
        ) from failure


def _said(container: Any) -> str:
    if container.get_wrapped_container() is None:
        return "nothing; is it testcontainers' own image? TESTCONTAINERS_RYUK_DISABLED=true"
    lines = b"\n".join(container.get_logs()).decode(errors="replace").splitlines()
    return "\n".join(lines[-LOG_TAIL_LINES:])


def _host(container: Any) -> str:
    host = container.get_docker_client().host()
    return "127.0.0.1" if host == "localhost" else str(host)


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
