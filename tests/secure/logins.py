"""Apache Kafka as hosted services have it: a listener for each mechanism of SASL."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)

from sentuh.embedded.child import free_port
from sentuh.embedded.servers import ApacheKafka
from shared.connect.access import OAUTH, KafkaAccess
from shared.connect.tls import TlsFiles
from shared.connect.tokens import TokenSettings
from tests.secure.authority import Authority
from tests.secure.broker import ADMIN, secret_of
from tests.secure.identity_provider import AUDIENCE, ISSUER, SCOPE, IdentityProvider

MECHANISMS = ("PLAIN", "SCRAM-SHA-256", OAUTH)
BARE = "BARE"
"""A listener with PLAIN and no encryption."""
USERS = (ADMIN, "payout", "auditor", "upstream", "finance")
_SECURITY = "org.apache.kafka.common.security"
_MODULES = {
    "PLAIN": f"{_SECURITY}.plain.PlainLoginModule",
    "SCRAM-SHA-256": f"{_SECURITY}.scram.ScramLoginModule",
    OAUTH: f"{_SECURITY}.oauthbearer.OAuthBearerLoginModule",
}


class LoginsKafka(ApacheKafka):
    """One node with the authorizer on; each listener but the plaintext one takes one mechanism."""

    ready_seconds = 600.0

    def __init__(self, home: Path, authority: Authority, provider: IdentityProvider) -> None:
        super().__init__(home)
        self._authority, self._provider = authority, provider
        provider.secrets |= {user: secret_of(user) for user in USERS}
        names = {name: f"L{at}" for at, name in enumerate(MECHANISMS)} | {BARE: BARE}
        self.ports = {name: free_port() for name in names}
        identity = authority.signs("broker")
        clients = ",".join(
            [
                f"PLAINTEXT://{self.bootstrap}",
                *(f"{listener}://{self.servers(name)}" for name, listener in names.items()),
            ]
        )
        kinds = ["CONTROLLER:PLAINTEXT", "PLAINTEXT:PLAINTEXT", f"{BARE}:SASL_PLAINTEXT"]
        kinds += [f"{names[name]}:SASL_SSL" for name in MECHANISMS]
        lines = [
            f"listeners={clients},CONTROLLER://127.0.0.1:{self.controller_port}",
            f"advertised.listeners={clients}",
            f"listener.security.protocol.map={','.join(kinds)}",
            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            f"super.users=User:ANONYMOUS;User:{ADMIN}",
            "ssl.keystore.type=PEM",
            f"ssl.keystore.location={identity.both}",
            f"sasl.oauthbearer.jwks.endpoint.url={provider.keys_url}",
            f"sasl.oauthbearer.expected.audience={AUDIENCE}",
            f"sasl.oauthbearer.expected.issuer={ISSUER}",
            *(line for name in names for line in _listener(names[name], name)),
        ]
        self._settings = home / "logins.properties"
        self._settings.write_text("\n".join(lines) + "\n")

    def command(self) -> list[str]:
        """Return the start script with our listeners."""
        return [*super().command(), "--settings", str(self._settings)]

    def environment(self) -> Mapping[str, str]:
        """Return the list of URLs that the broker may read keys from."""
        allowed = f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={self._provider.keys_url}"
        return {"JAVA_TOOL_OPTIONS": allowed}

    def servers(self, name: str) -> str:
        """Where clients of this mechanism connect."""
        return f"127.0.0.1:{self.ports[name]}"

    def access(self, user: str, mechanism: str) -> KafkaAccess:
        """How a user is let in by this mechanism, or at the bare listener."""
        bare = mechanism == BARE
        ca = str(self._authority.file)
        found = KafkaAccess(
            self.servers(mechanism),
            "SASL_PLAINTEXT" if bare else "SASL_SSL",
            user,
            secret_of(user),
            TlsFiles("KAFKA", ca="" if bare else ca),
            "PLAIN" if bare else mechanism,
        )
        tokens = TokenSettings(self._provider.token_url, SCOPE, (), ca)
        return replace(found, token_settings=tokens) if mechanism == OAUTH else found

    def give_passwords(self) -> None:
        """Give each user a password for SCRAM-SHA-256."""
        admin = AdminClient({"bootstrap.servers": self.bootstrap})
        how = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096)
        wanted: list[UserScramCredentialAlteration] = [
            UserScramCredentialUpsertion(user, how, secret_of(user).encode()) for user in USERS
        ]
        for done in admin.alter_user_scram_credentials(wanted).values():
            done.result(30)


def _listener(listener: str, name: str) -> list[str]:
    """The settings of one listener."""
    mechanism = "PLAIN" if name == BARE else name
    beginning = f"listener.name.{listener.lower()}"
    own = f"{beginning}.{mechanism.lower()}.sasl"
    users = " ".join(f'user_{user}="{secret_of(user)}"' for user in USERS)
    module = f"{_MODULES[mechanism]} required {users if mechanism == 'PLAIN' else ''};"
    lines = [f"{beginning}.sasl.enabled.mechanisms={mechanism}", f"{own}.jaas.config={module}"]
    if mechanism == OAUTH:
        handler = f"{_SECURITY}.oauthbearer.OAuthBearerValidatorCallbackHandler"
        lines.append(f"{own}.server.callback.handler.class={handler}")
    return lines


def environment_of(access: KafkaAccess) -> dict[str, str]:
    """The settings with which a process gets this access."""
    settings = {
        "SENTUH_KAFKA_BOOTSTRAP_SERVERS": access.servers,
        "SENTUH_KAFKA_SECURITY": access.security,
        "SENTUH_KAFKA_SASL_MECHANISM": access.mechanism,
        "SENTUH_KAFKA_USER": access.user,
        "SENTUH_KAFKA_PASSWORD": access.password,
        "SENTUH_KAFKA_CA_FILE": access.tls_files.ca,
        "SENTUH_KAFKA_TOKEN_URL": access.token_settings.url,
        "SENTUH_KAFKA_TOKEN_SCOPE": access.token_settings.scope,
        "SENTUH_KAFKA_TOKEN_CA_FILE": access.token_settings.ca_file,
    }
    return {name: value for name, value in settings.items() if value}
