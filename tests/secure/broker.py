"""Apache Kafka as operators have it: four kinds of listeners, users, and the authorizer on."""

from pathlib import Path

from sentuh.embedded.child import free_port
from sentuh.embedded.servers import ApacheKafka
from shared.connect.access import KafkaAccess
from shared.connect.tls import TlsFiles
from shared.contracts.rights import ROLES
from tests.secure.authority import Authority

ADMIN = "admin"
KINDS = ("SASL_PLAINTEXT", "SASL_SSL", "SSL")


class SecureKafka(ApacheKafka):
    """One node; `bootstrap` is a plaintext listener at which everybody may do everything.

    At the others nobody may do anything but `admin` until rights are granted. Every role has its
    user, its password is `secret_of` it; by certificate the common name is the user.
    """

    ready_seconds = 600.0

    def __init__(self, home: Path, authority: Authority) -> None:
        super().__init__(home)
        self.ports = {kind: free_port() for kind in KINDS}
        self._authority = authority
        identity = authority.signs("broker")
        self._settings = home / "secure.properties"
        open_to_all = ("CONTROLLER", "PLAINTEXT")
        kinds = [f"{kind}:PLAINTEXT" for kind in open_to_all] + [f"{k}:{k}" for k in KINDS]
        clients = ",".join(
            [
                f"PLAINTEXT://{self.bootstrap}",
                *(f"{kind}://{self.servers(kind)}" for kind in KINDS),
            ]
        )
        self._settings.write_text(
            f"""
listeners={clients},CONTROLLER://127.0.0.1:{self.controller_port}
advertised.listeners={clients}
listener.security.protocol.map={",".join(kinds)}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:{ADMIN}
sasl.enabled.mechanisms=SCRAM-SHA-512
{self._jaas("sasl_plaintext")}
{self._jaas("sasl_ssl")}
ssl.keystore.type=PEM
ssl.keystore.location={identity.both}
ssl.truststore.type=PEM
ssl.truststore.location={authority.file}
listener.name.ssl.ssl.client.auth=required
ssl.principal.mapping.rules=RULE:^CN=([^,]+).*$/$1/,DEFAULT
"""
        )

    def command(self) -> list[str]:
        """Return the start script with our settings and users."""
        users = [f"{user}={secret_of(user)}" for user in (ADMIN, *ROLES)]
        scram = [part for user in users for part in ("--scram", user)]
        return [*super().command(), "--settings", str(self._settings), *scram]

    def servers(self, kind: str) -> str:
        """Where clients of this security protocol connect."""
        return f"127.0.0.1:{self.ports[kind]}"

    def access(self, user: str, kind: str = "SASL_SSL") -> KafkaAccess:
        """How a user is let in."""
        tls_files = TlsFiles("KAFKA", ca=str(self._authority.file))
        if kind == "SSL":
            shown = self._authority.signs(user)
            tls_files = TlsFiles("KAFKA", tls_files.ca, str(shown.certificate), str(shown.key))
            return KafkaAccess(self.servers(kind), kind, tls_files=tls_files)
        if kind == "SASL_PLAINTEXT":
            tls_files = TlsFiles("KAFKA")
        return KafkaAccess(self.servers(kind), kind, user, secret_of(user), tls_files)

    def _jaas(self, listener: str) -> str:
        module = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        return f"listener.name.{listener}.scram-sha-512.sasl.jaas.config={module}"


def secret_of(user: str) -> str:
    """A user's password."""
    return f"pw-of-{user}"
