"""Defines the settings of the connection to Kafka: servers, encryption, and who logs in how."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from shared.connect.access import OAUTH, SCRAM, KafkaAccess
from shared.connect.env_settings import EnvSettings, ports_in_range
from shared.connect.environment import matching
from shared.connect.tls import TlsFiles
from shared.connect.tokens import TokenSettings

_HOSTS = matching(r"[^\s:,]+:\d+(,[^\s:,]+:\d+)*", "give host:port, several separated by commas")
_TOKEN_URL = matching(
    r"|https?://[^\s/@?#]+(/[^\s?#]*)?(\?[^\s#]*)?", "give its https:// URL, without a user in it"
)
_EXTENSIONS = matching(
    r"|[A-Za-z]+=[^,\x00-\x20]+(,[A-Za-z]+=[^,\x00-\x20]+)*",
    "give name=value, several separated by commas; a name has letters alone",
)
_BARE = ("PLAIN", OAUTH)
"""Mechanisms that send a password or a token as it is; SCRAM proves that it knows the password."""
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"]
Security = Literal["PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL", "SSL"]


class KafkaSettings(EnvSettings):
    """Where Kafka is, and how a client logs in: read from the environment, `SENTUH_KAFKA_...`."""

    kafka_bootstrap_servers: Annotated[str, _HOSTS, AfterValidator(ports_in_range)] = Field(
        "127.0.0.1:9092", validation_alias="SENTUH_KAFKA_BOOTSTRAP_SERVERS"
    )
    """`host:port`, several separated by commas."""
    kafka_security: Security = Field("PLAINTEXT", validation_alias="SENTUH_KAFKA_SECURITY")
    """Kafka's own names. SASL is a login by `kafka_sasl_mechanism`; SSL with a client certificate
    is mTLS."""
    kafka_sasl_mechanism: Mechanism = Field(
        "SCRAM-SHA-512", validation_alias="SENTUH_KAFKA_SASL_MECHANISM"
    )
    """How a client logs in with SASL: by a password, or by a token that it gets for one."""
    kafka_user: str = Field("", validation_alias="SENTUH_KAFKA_USER")
    kafka_password: SecretStr = Field(SecretStr(""), validation_alias="SENTUH_KAFKA_PASSWORD")
    """With OAUTHBEARER the id and the secret of a client of the token endpoint."""
    kafka_token_url: Annotated[str, _TOKEN_URL] = Field(
        "", validation_alias="SENTUH_KAFKA_TOKEN_URL"
    )
    """The token endpoint of OAUTHBEARER."""
    kafka_token_scope: str = Field("", validation_alias="SENTUH_KAFKA_TOKEN_SCOPE")
    kafka_token_extensions: Annotated[str, _EXTENSIONS] = Field(
        "", validation_alias="SENTUH_KAFKA_TOKEN_EXTENSIONS"
    )
    """`name=value` pairs between commas, sent to the broker beside the token."""
    kafka_token_ca_file: str = Field("", validation_alias="SENTUH_KAFKA_TOKEN_CA_FILE")
    """PEM file of who signed the token endpoint's certificate; empty: those the system trusts."""
    kafka_ca_file: str = Field("", validation_alias="SENTUH_KAFKA_CA_FILE")
    """PEM file; empty: the authorities the system trusts."""
    kafka_certificate_file: str = Field("", validation_alias="SENTUH_KAFKA_CERTIFICATE_FILE")
    """PEM file of the client's certificate, with its chain."""
    kafka_key_file: str = Field("", validation_alias="SENTUH_KAFKA_KEY_FILE")
    """PEM file of the certificate's key, not encrypted; empty: it is in the certificate's file."""
    kafka_idempotent: bool = Field(default=True, validation_alias="SENTUH_KAFKA_IDEMPOTENT")
    """Off only for the embedded broker, which has no idempotent producers."""

    @model_validator(mode="after")
    def _what_is_given_is_used(self) -> Self:
        """Return the settings; raise ValueError if one of them would be ignored or needs another.

        Example: a user without a password, or a CA file without TLS.
        """
        self._login_is_whole()
        self._tokens_are_asked_for()
        if self.kafka_key_file and not self.kafka_certificate_file:
            raise ValueError("SENTUH_KAFKA_CERTIFICATE_FILE: a key needs its certificate: give it")
        if self.kafka_ca_file and not self.kafka_security.endswith("SSL"):
            raise ValueError(
                f"SENTUH_KAFKA_SECURITY: {self.kafka_security} is not encrypted, so a CA is of no"
                " use: set SASL_SSL or SSL, or take SENTUH_KAFKA_CA_FILE away"
            )
        return self

    def _login_is_whole(self) -> None:
        """Raise ValueError unless user and password are both there with SASL, and only with it."""
        has_password = bool(self.kafka_password.get_secret_value())
        if self.kafka_security.startswith("SASL_"):
            if not (self.kafka_user and has_password):
                raise ValueError(
                    f"SENTUH_KAFKA_USER, SENTUH_KAFKA_PASSWORD: {self.kafka_security} needs both"
                )
        elif self.kafka_user or has_password:
            raise ValueError(
                f"SENTUH_KAFKA_SECURITY: {self.kafka_security} sends no user and no password: set"
                " SASL_SSL, or take SENTUH_KAFKA_USER and SENTUH_KAFKA_PASSWORD away"
            )
        elif self.kafka_sasl_mechanism != SCRAM:
            raise ValueError(
                f"SENTUH_KAFKA_SECURITY: {self.kafka_security} logs nobody in by SASL: set"
                " SASL_SSL, or take SENTUH_KAFKA_SASL_MECHANISM away"
            )

    def _tokens_are_asked_for(self) -> None:
        """Raise ValueError unless a token endpoint is there with OAUTHBEARER, and only with it."""
        with_tokens = self.kafka_sasl_mechanism == OAUTH
        if with_tokens and not self.kafka_token_url:
            raise ValueError(
                "SENTUH_KAFKA_TOKEN_URL: OAUTHBEARER needs it: give the token endpoint of your"
                " identity provider"
            )
        named = [
            f"SENTUH_{name.upper()}"
            for name in (
                "kafka_token_url",
                "kafka_token_scope",
                "kafka_token_extensions",
                "kafka_token_ca_file",
            )
            if getattr(self, name)
        ]
        if named and not with_tokens:
            raise ValueError(
                f"SENTUH_KAFKA_SASL_MECHANISM: {self.kafka_sasl_mechanism} takes no tokens: set"
                f" OAUTHBEARER, or take {' and '.join(named)} away"
            )
        if self.kafka_token_ca_file and not self.kafka_token_url.startswith("https:"):
            raise ValueError(
                "SENTUH_KAFKA_TOKEN_URL: without TLS a CA is of no use: give https://, or take"
                " SENTUH_KAFKA_TOKEN_CA_FILE away"
            )

    @property
    def kafka(self) -> KafkaAccess:
        """Servers, security, user, password and TLS files for Kafka, in one object."""
        return KafkaAccess(
            self.kafka_bootstrap_servers,
            self.kafka_security,
            self.kafka_user,
            self.kafka_password.get_secret_value(),
            TlsFiles(
                "KAFKA",
                self.kafka_ca_file,
                self.kafka_certificate_file,
                self.kafka_key_file,
            ),
            self.kafka_sasl_mechanism,
            self._token_settings(),
        )

    def _token_settings(self) -> TokenSettings:
        pairs = (pair.partition("=") for pair in self.kafka_token_extensions.split(",") if pair)
        extensions = tuple((name, value) for name, _, value in pairs)
        url, ca_file = self.kafka_token_url, self.kafka_token_ca_file
        return TokenSettings(url, self.kafka_token_scope, extensions, ca_file)

    def in_the_clear(self) -> Iterator[str]:
        """Yield one line, with the fix, for each secret that is sent without encryption."""
        if (
            self.kafka.uses_password
            and not self.kafka.encrypted
            and self.kafka_sasl_mechanism in _BARE
        ):
            yield (
                f"SENTUH_KAFKA_SECURITY: with {self.kafka_sasl_mechanism} and"
                f" {self.kafka_security} whoever listens on the way can log in as we do: set"
                " SASL_SSL"
            )
        if self.kafka_token_url.startswith("http:"):
            yield (
                "SENTUH_KAFKA_TOKEN_URL: http:// sends the client's secret in the clear: give"
                " https://"
            )

    def lacking(self) -> Iterator[str]:
        """Yield one line, with the fix, for each setting unfit for production; none in `dev`."""
        yield from super().lacking()
        if self.env != "prod":
            return
        if not self.kafka.encrypted:
            yield (
                f"SENTUH_KAFKA_SECURITY: {self.kafka_security} is not encrypted, and this is"
                " production: set SASL_SSL with SENTUH_KAFKA_USER and SENTUH_KAFKA_PASSWORD, or SSL"
                " with SENTUH_KAFKA_CERTIFICATE_FILE"
            )
        elif self.kafka_token_url.startswith("http:"):
            yield from self.in_the_clear()
        elif not (self.kafka.uses_password or self.kafka_certificate_file):
            yield (
                "SENTUH_KAFKA_CERTIFICATE_FILE: SSL without a certificate names nobody, and this is"
                " production: give certificate and key, or set SASL_SSL with user and password"
            )
