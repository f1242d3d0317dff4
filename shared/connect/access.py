"""Where Kafka and Redis are, and the options each kind of client connects with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from faststream.security import (
    BaseSecurity,
    SASLOAuthBearer,
    SASLPlaintext,
    SASLScram256,
    SASLScram512,
)
from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

from shared.connect.tls import TlsFiles
from shared.connect.token_login import AiokafkaTokens, for_librdkafka
from shared.connect.tokens import TokenSettings, TokenSource

SCRAM, OAUTH = "SCRAM-SHA-512", "OAUTHBEARER"
_WITH_PASSWORD = {
    "PLAIN": SASLPlaintext,
    "SCRAM-SHA-256": SASLScram256,
    SCRAM: SASLScram512,
}
MECHANISMS = (*_WITH_PASSWORD, OAUTH)
ANSWER_SECONDS = 5.0
CONNECT_SECONDS = 2.0
RETRIES = 1
"""A failed call is sent once more: every call to Redis may safely arrive twice."""

NO_KAFKA_TLS_FILES, NO_REDIS_TLS_FILES = TlsFiles("KAFKA"), TlsFiles("REDIS")
NO_TOKENS = TokenSettings()

RedisClient = Redis | RedisCluster
_OF_URL = ("host", "port", "db", "path", "username", "password")
"""Parts of the URL that are used. The options redis-py would take from it can switch TLS checks
off.
"""
REDIS_AWAY = (RedisError, RedisClusterException, OSError, TimeoutError)
"""Errors of a call to Redis; a cluster client raises some that are no RedisError."""


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """Where the brokers are (`host:port`, separated by commas), and how a client logs in.

    With the mechanism OAUTHBEARER `user` and `password` are a client's id and secret, for which
    `token_settings` get a token. Example: `KafkaAccess("k:9093", "SASL_SSL", "qa", "s3cret")`.
    """

    servers: str
    security: str = "PLAINTEXT"
    user: str = ""
    password: str = field(default="", repr=False)
    tls_files: TlsFiles = NO_KAFKA_TLS_FILES
    mechanism: str = SCRAM
    token_settings: TokenSettings = NO_TOKENS

    @classmethod
    def of(cls, where: "KafkaAccess | str") -> "KafkaAccess":
        """Return the access, made from a bare `host:port` (plaintext) where needed."""
        return cls(where) if isinstance(where, str) else where

    @property
    def encrypted(self) -> bool:
        """Whether the connection is TLS."""
        return self.security in ("SSL", "SASL_SSL")

    @property
    def uses_password(self) -> bool:
        """Whether a client logs in with user and password, or a client's id and secret (SASL)."""
        return self.security.startswith("SASL_")

    @property
    def tokens(self) -> TokenSource | None:
        """Where the tokens of OAUTHBEARER come from; None with another mechanism."""
        if not self.uses_password or self.mechanism != OAUTH:
            return None
        return TokenSource.of(self.token_settings, self.user, self.password)

    @property
    def identity_setting(self) -> str:
        """Name of the setting that decides as whom a client connects."""
        if self.uses_password:
            return "SENTUH_KAFKA_USER"
        return "SENTUH_KAFKA_CERTIFICATE_FILE" if self.encrypted else "SENTUH_KAFKA_SECURITY"

    @property
    def identity(self) -> str:
        """As whom a client connects, in words. Example: user 'router'."""
        if self.uses_password:
            return f"user {self.user!r}"
        shown = self.tls_files.certificate
        return f"who {shown} names" if self.encrypted and shown else "anybody without a name"

    def aiokafka(self) -> dict[str, Any]:
        """Return the options of aiokafka's producers, consumers and clients."""
        options: dict[str, Any] = {"security_protocol": self.security}
        if self.encrypted:
            options["ssl_context"] = self.tls_files.context()
        if tokens := self.tokens:
            options |= {
                "sasl_mechanism": OAUTH,
                "sasl_oauth_token_provider": AiokafkaTokens(tokens),
            }
        elif self.uses_password:
            options["sasl_mechanism"] = self.mechanism
            options["sasl_plain_username"] = self.user
            options["sasl_plain_password"] = self.password
        return options

    def faststream(self) -> dict[str, Any]:
        """Return the options of a FastStream broker: its security, and who brings the tokens.

        FastStream's own class for OAUTHBEARER names the mechanism alone.
        """
        context = self.tls_files.context() if self.encrypted else None
        if tokens := self.tokens:
            provider = AiokafkaTokens(tokens)
            security = SASLOAuthBearer(ssl_context=context)
            return {"security": security, "sasl_oauth_token_provider": provider}
        if self.uses_password:
            kind = _WITH_PASSWORD[self.mechanism]
            return {"security": kind(self.user, self.password, ssl_context=context)}
        return {"security": BaseSecurity(ssl_context=context)} if context else {}

    def librdkafka(self) -> dict[str, Any]:
        """Return the options of confluent-kafka's clients.

        librdkafka's own log is off: every failure it reports is logged or raised by its caller.
        """
        options = {
            "bootstrap.servers": self.servers,
            "security.protocol": self.security,
            "log_level": 0,
        }
        if self.encrypted:
            # Read first: the error names setting and fix, which librdkafka's does not.
            self.tls_files.context()
            options |= _set(
                {
                    "ssl.ca.location": self.tls_files.ca,
                    "ssl.certificate.location": self.tls_files.certificate,
                    "ssl.key.location": self.tls_files.key or self.tls_files.certificate,
                }
            )
        if tokens := self.tokens:
            # Asked first: the error names setting and fix; librdkafka would wait without a word.
            tokens.token()
            options |= {"sasl.mechanism": OAUTH, "oauth_cb": for_librdkafka(tokens, self.user)}
        elif self.uses_password:
            options |= {
                "sasl.mechanism": self.mechanism,
                "sasl.username": self.user,
                "sasl.password": self.password,
            }
        return options


@dataclass(frozen=True, slots=True)
class RedisAccess:
    """Where Redis is, and how a client logs in.

    `url` may name several nodes of a cluster, separated by commas. `user` and `password` take
    precedence over those in the URL.
    """

    url: str = field(repr=False)
    cluster: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    tls_files: TlsFiles = NO_REDIS_TLS_FILES

    @classmethod
    def of(cls, where: "RedisAccess | str") -> "RedisAccess":
        """Return the access, made from a bare URL (one server) where needed."""
        return cls(where) if isinstance(where, str) else where

    @property
    def encrypted(self) -> bool:
        """Whether the connection is TLS."""
        return self.url.startswith("rediss://")

    @property
    def secret(self) -> str:
        """The password a client logs in with; empty for none."""
        return self.password or urlsplit(self.url).password or ""

    @property
    def where(self) -> str:
        """The servers in the URL, without user and password."""
        parts = urlsplit(self.url)
        return parts.netloc.rpartition("@")[2] or parts.path

    def connection_options(self) -> dict[str, Any]:
        """Return redis-py's options of one connection; raises SettingError for a bad TLS file."""
        parts = urlsplit(self.url)
        first = parts._replace(netloc=parts.netloc.replace(self.where, self.where.split(",")[0]))
        in_url: dict[str, Any] = {**parse_url((first if parts.netloc else parts).geturl())}
        options = {name: in_url[name] for name in _OF_URL if name in in_url}
        options |= _set({"username": self.user, "password": self.password})
        if self.encrypted:
            self.tls_files.context()
            options |= {"ssl": True} | _set(
                {
                    "ssl_ca_certs": self.tls_files.ca,
                    "ssl_certfile": self.tls_files.certificate,
                    "ssl_keyfile": self.tls_files.key or self.tls_files.certificate,
                }
            )
        return options

    @property
    def nodes(self) -> list[tuple[str, int]]:
        """Host and port of each node in the URL."""
        first, *others = self.where.split(",")
        return [(name, int(port or 6379)) for name, _, port in
                (node.partition(":") for node in (first, *others))]  # fmt: skip

    def client(self, *, answer_seconds: float = ANSWER_SECONDS, **more: Any) -> RedisClient:
        """Return a client whose calls fail soon; for a cluster it finds the other nodes itself."""
        options = self.connection_options() | {
            "socket_timeout": answer_seconds,
            "socket_connect_timeout": min(CONNECT_SECONDS, answer_seconds),
            "retry": Retry(NoBackoff(), RETRIES),
            **more,
        }
        if not self.cluster:
            if "path" in options:
                options["unix_socket_path"] = options.pop("path")
            return Redis(**options)
        for place in ("host", "port", "db"):
            options.pop(place, None)
        return RedisCluster(startup_nodes=[ClusterNode(*node) for node in self.nodes], **options)


def _set(options: Mapping[str, str]) -> dict[str, str]:
    """Return the options that have a value."""
    return {name: value for name, value in options.items() if value}
