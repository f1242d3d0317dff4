"""Apache Kafka's own image as a container; the class testcontainers has is for other images."""

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from sentuh.child import free_port

READY_SECONDS = 90

# Any KAFKA_* variable discards the image's own configuration, so this is all of it.
SETTINGS = {
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


class ApacheKafkaContainer(DockerContainer):
    """One broker, which is its own controller; what it held is gone when it stops.

    Its port is the same inside and outside, so that it is known, and advertised, before the start.
    """

    def __init__(self, image: str) -> None:
        super().__init__(image)
        self._port = free_port()
        self.with_bind_ports(self._port, self._port).with_envs(
            **SETTINGS,
            KAFKA_LISTENERS=f"PLAINTEXT://:{self._port},CONTROLLER://:9093",
            KAFKA_ADVERTISED_LISTENERS=f"PLAINTEXT://{self.bootstrap}",
        )
        started = LogMessageWaitStrategy("Kafka Server started")
        self.waiting_for(started.with_startup_timeout(READY_SECONDS))

    @property
    def bootstrap(self) -> str:
        """Where clients connect."""
        return f"{host_of(self)}:{self._port}"


def host_of(container: DockerContainer) -> str:
    """The host on which a container's ports are published."""
    host = container.get_docker_client().host()
    return "127.0.0.1" if host == "localhost" else str(host)
