"""Apache Kafka's own image as a container; the class testcontainers has is for other images."""

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from sentuh.embedded.child import free_port
from sentuh.embedded.servers import KAFKA_START

READY_SECONDS = 240
OWN = KAFKA_START.parent
MOUNTED = "/mnt/shared/config"
"""Where the image looks for configuration; what its KAFKA_* variables say is added to it."""


class ApacheKafkaContainer(DockerContainer):
    """One broker, which is its own controller; what it held is gone when it stops.

    It is configured as the one on the local JDK. Its port is the same inside and outside, so that
    it is known, and advertised, before the start.
    """

    def __init__(self, image: str) -> None:
        super().__init__(image)
        self._port = free_port()
        self.bootstrap = f"{publish(self, self._port, self._port)}:{self._port}"
        """Where clients connect."""
        self.with_envs(
            KAFKA_LISTENERS=f"PLAINTEXT://:{self._port},CONTROLLER://:9093",
            KAFKA_ADVERTISED_LISTENERS=f"PLAINTEXT://{self.bootstrap}",
            KAFKA_CONTROLLER_QUORUM_VOTERS="1@localhost:9093",
            KAFKA_HEAP_OPTS="-Xms256m -Xmx512m",
        )
        for path in (OWN / "server.properties", *sorted((OWN / "image").glob("*.yaml"))):
            self.with_copy_into_container(path.read_bytes(), f"{MOUNTED}/{path.name}")
        started = LogMessageWaitStrategy("Kafka Server started")
        self.waiting_for(started.with_startup_timeout(READY_SECONDS))


def publish(container: DockerContainer, inside: int, outside: int) -> str:
    """Publish a port, on the loopback where the engine is on this machine; the host to ask."""
    host = str(container.get_docker_client().host())
    here = host in {"localhost", "127.0.0.1"}
    container.ports[str(inside)] = ("127.0.0.1", outside) if here else outside  # type: ignore[assignment]
    return "127.0.0.1" if here else host
