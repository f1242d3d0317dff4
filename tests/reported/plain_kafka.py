"""Apache Kafka as a hosted service has it that takes SASL PLAIN alone."""

from pathlib import Path

from sentuh.embedded.child import free_port
from sentuh.embedded.servers import ApacheKafka

_MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule"


class PlainKafka(ApacheKafka):
    """One node; at `servers` the user of the report gets in by PLAIN, at `bootstrap` anybody."""

    ready_seconds = 600.0

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.servers = f"127.0.0.1:{free_port()}"
        clients = f"PLAINTEXT://{self.bootstrap},HOSTED://{self.servers}"
        kinds = "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,HOSTED:SASL_PLAINTEXT"
        login = f'{_MODULE} required user_svc="svc-secret";'
        self._settings = home / "hosted.properties"
        self._settings.write_text(
            f"""
listeners={clients},CONTROLLER://127.0.0.1:{self.controller_port}
advertised.listeners={clients}
listener.security.protocol.map={kinds}
listener.name.hosted.sasl.enabled.mechanisms=PLAIN
listener.name.hosted.plain.sasl.jaas.config={login}
""",
            encoding="utf-8",
        )

    def command(self) -> list[str]:
        """Return the start script with the further listener."""
        return [*super().command(), "--settings", str(self._settings)]
