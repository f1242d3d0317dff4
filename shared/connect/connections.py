"""Defines the settings of connections to Kafka and Redis, and checks what production requires."""

import os
import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.connect.access import KafkaAccess, RedisAccess
from shared.connect.environment import FAULTS, FromEnvironment, matching, read
from shared.connect.tls import TlsFiles

PORT_MAX = 65_535


def _ports(value: str) -> str:
    """Return `value`, a Redis URL or a list of `host:port`, unchanged.

    Raises ValueError if a port in it is not from 1 to 65535. A server without a port is fine.
    """
    for port in re.findall(r":(\d+)(?=[,/?]|$)", value.rpartition("@")[2]):
        if not 1 <= int(port) <= PORT_MAX:
            raise ValueError(f"port {port} is none: give one from 1 to {PORT_MAX}")
    return value


_HOSTS = matching(r"[^\s:,]+:\d+(,[^\s:,]+:\d+)*", "give host:port, several separated by commas")
_REDIS = matching(
    r"(redis|rediss|unix)://\S+", "give a URL such as redis://host:6379/0, rediss:// for TLS"
)
_REDIS_NODE = r"(\[[\da-fA-F:.]+\]|[^\s:,/\[\]]+)(:\d+)?"
_REDIS_NODES = rf"{_REDIS_NODE}(,{_REDIS_NODE})*"


def _addressed(url: str) -> str:
    """Return a Redis URL that holds only user, password, servers, database; else raise ValueError.

    Options in the URL are refused: they could switch TLS checks off, and have settings of their
    own. A password with characters that end a URL's host is refused too; the error does not quote
    it. Example: `redis://:pw@r:6379/0` is fine, `redis://r:6379?ssl_cert_reqs=none` is not.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    place = parts.path if parts.scheme == "unix" else parts.netloc.rpartition("@")[2] + parts.path
    shape = r"/.+" if parts.scheme == "unix" else rf"{_REDIS_NODES}(/\d*)?"
    if set(url) & set("?#") or not re.fullmatch(shape, place):
        raise ValueError(
            "it is not scheme://user:password@host:port/number: percent-encode / ? # @ in the"
            " password or give SENTUH_REDIS_PASSWORD, and leave ?options out, they are settings"
        )
    return url


Security = Literal["PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL", "SSL"]


class EnvSettings(FromEnvironment):
    """The one setting that says whether this process runs in development or in production.

    It is read from the environment variable `SENTUH_ENV`, which is `dev` or `prod`. The settings of
    Kafka and Redis inherit from this class, so that each can check what production requires.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )

    env: Literal["dev", "prod"] = Field("dev", validation_alias="SENTUH_ENV")
    """With `prod`, no process starts without encryption and credentials for Kafka and Redis."""

    def lacking(self) -> Iterator[str]:
        """Yield one line, with the fix, for each setting unfit for production; none in `dev`."""
        if self.env == "prod" and os.environ.get(FAULTS):
            yield f"{FAULTS}: it breaks things on purpose, and this is production: take it away"


class KafkaSettings(EnvSettings):
    """Where Kafka is, and how a client logs in: read from the environment, `SENTUH_KAFKA_...`."""

    kafka_bootstrap_servers: Annotated[str, _HOSTS, AfterValidator(_ports)] = Field(
        "127.0.0.1:9092", validation_alias="SENTUH_KAFKA_BOOTSTRAP_SERVERS"
    )
    """`host:port`, several separated by commas."""
    kafka_security: Security = Field("PLAINTEXT", validation_alias="SENTUH_KAFKA_SECURITY")
    """Kafka's own names. SASL means SCRAM-SHA-512; SSL with a client certificate is mTLS."""
    kafka_user: str = Field("", validation_alias="SENTUH_KAFKA_USER")
    kafka_password: SecretStr = Field(SecretStr(""), validation_alias="SENTUH_KAFKA_PASSWORD")
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
        if self.kafka_key_file and not self.kafka_certificate_file:
            raise ValueError("SENTUH_KAFKA_CERTIFICATE_FILE: a key needs its certificate: give it")
        if self.kafka_ca_file and not self.kafka_security.endswith("SSL"):
            raise ValueError(
                f"SENTUH_KAFKA_SECURITY: {self.kafka_security} is not encrypted, so a CA is of no"
                " use: set SASL_SSL or SSL, or take SENTUH_KAFKA_CA_FILE away"
            )
        return self

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
        elif not (self.kafka.uses_password or self.kafka_certificate_file):
            yield (
                "SENTUH_KAFKA_CERTIFICATE_FILE: SSL without a certificate names nobody, and this is"
                " production: give certificate and key, or set SASL_SSL with user and password"
            )


class RedisSettings(EnvSettings):
    """Where Redis is, and how a client logs in: read from the environment, `SENTUH_REDIS_...`."""

    redis_url: Annotated[str, _REDIS, AfterValidator(_addressed), AfterValidator(_ports)] = Field(
        "redis://127.0.0.1:6379/0", validation_alias="SENTUH_REDIS_URL", repr=False
    )
    """redis://, or rediss:// for TLS; of a cluster one or more of its nodes, between commas."""
    redis_cluster: bool = Field(default=False, validation_alias="SENTUH_REDIS_CLUSTER")
    redis_allow_eviction: bool = Field(
        default=False, validation_alias="SENTUH_REDIS_ALLOW_EVICTION"
    )
    """Go on with a Redis that may evict keys: state can then be lost without a word."""
    redis_user: str = Field("", validation_alias="SENTUH_REDIS_USER")
    redis_password: SecretStr = Field(SecretStr(""), validation_alias="SENTUH_REDIS_PASSWORD")
    """User and password take precedence over those in the URL."""
    redis_ca_file: str = Field("", validation_alias="SENTUH_REDIS_CA_FILE")
    redis_certificate_file: str = Field("", validation_alias="SENTUH_REDIS_CERTIFICATE_FILE")
    redis_key_file: str = Field("", validation_alias="SENTUH_REDIS_KEY_FILE")

    @model_validator(mode="after")
    def _url_that_says_the_same(self) -> Self:
        """Return the settings; raise ValueError if the Redis URL contradicts other Redis settings.

        Example: several servers in the URL while SENTUH_REDIS_CLUSTER is off.
        """
        if "," in self.redis_url.rpartition("@")[2] and not self.redis_cluster:
            raise ValueError(
                "SENTUH_REDIS_URL: several nodes are a cluster: set SENTUH_REDIS_CLUSTER=true, or"
                " name one server"
            )
        if self.redis_cluster and self.redis_url.startswith("unix:"):
            raise ValueError("SENTUH_REDIS_URL: a cluster has no socket file: give redis://")
        if self.redis_ca_file and not self.redis_url.startswith("rediss:"):
            raise ValueError(
                "SENTUH_REDIS_URL: without TLS a CA is of no use: give rediss://, or take"
                " SENTUH_REDIS_CA_FILE away"
            )
        return self

    @property
    def redis(self) -> RedisAccess:
        """URL, cluster or not, user, password and TLS files for Redis, in one object."""
        return RedisAccess(
            self.redis_url,
            self.redis_cluster,
            self.redis_user,
            self.redis_password.get_secret_value(),
            TlsFiles(
                "REDIS",
                self.redis_ca_file,
                self.redis_certificate_file,
                self.redis_key_file,
            ),
        )

    def lacking(self) -> Iterator[str]:
        """Yield one line, with the fix, for each setting unfit for production; none in `dev`."""
        yield from super().lacking()
        if self.env != "prod":
            return
        if self.redis_url.startswith("redis:"):
            yield (
                "SENTUH_REDIS_URL: redis:// is not encrypted, and this is production: give"
                " rediss://, with SENTUH_REDIS_CA_FILE where the authority is your own"
            )
        if not self.redis.secret:
            yield (
                "SENTUH_REDIS_PASSWORD: there is none, and this is production: give the password of"
                " SENTUH_REDIS_USER"
            )


def problems_in(*kinds: type[EnvSettings]) -> list[str]:
    """Return one line for each problem with the settings of these classes, without duplicates.

    Each class is read from the environment. A problem is a value that is wrong, or one that
    production requires and that is not set; its line names the setting and the fix. Example:
    `problems_in(KafkaSettings, RedisSettings)` is `[]` if both are fine.
    """
    problems: list[str] = []
    for kind in kinds:
        settings, wrong = read(kind)
        problems += wrong or list(settings.lacking() if settings else ())
    return list(dict.fromkeys(problems))
