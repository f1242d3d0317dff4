"""How Kafka and Redis are reached: what each kind of client is given, secrets never shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from faststream.security import BaseSecurity, SASLScram512
from redis.asyncio import Redis
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError

from shared.connect.tls import Papers

SCRAM = "SCRAM-SHA-512"
ANSWER_SECONDS = 5.0
CONNECT_SECONDS = 2.0
RETRIES = 1
"""A client tries once more: every call of ours may come twice."""

NO_KAFKA_PAPERS, NO_REDIS_PAPERS = Papers("KAFKA"), Papers("REDIS")

RedisClient = Redis | RedisCluster
_OF_URL = ("host", "port", "db", "path", "username", "password")
"""All that a URL has a say in: of redis-py's own options some switch off what TLS checks."""
REDIS_AWAY = (RedisError, RedisClusterException, OSError, TimeoutError)
"""What a call of a client may end with; what a cluster client says is no RedisError."""


@dataclass(frozen=True, slots=True)
class KafkaAccess:
    """Where the brokers are (`host:port`, several between commas), and how they let us in."""

    servers: str
    security: str = "PLAINTEXT"
    user: str = ""
    password: str = field(default="", repr=False)
    papers: Papers = NO_KAFKA_PAPERS

    @classmethod
    def of(cls, where: "KafkaAccess | str") -> "KafkaAccess":
        """Access as it is given; a bare `host:port` is plaintext."""
        return cls(where) if isinstance(where, str) else where

    @property
    def encrypted(self) -> bool:
        """Whether the connection is TLS."""
        return self.security in ("SSL", "SASL_SSL")

    @property
    def named(self) -> bool:
        """Whether the broker asks for user and password."""
        return self.security.startswith("SASL_")

    @property
    def named_by(self) -> str:
        """The setting that says who we are to the broker."""
        if self.named:
            return "SENTUH_KAFKA_USER"
        return "SENTUH_KAFKA_CERTIFICATE_FILE" if self.encrypted else "SENTUH_KAFKA_SECURITY"

    @property
    def who(self) -> str:
        """Who we are to the broker, as it reads in a sentence."""
        if self.named:
            return f"user {self.user!r}"
        shown = self.papers.certificate
        return f"who {shown} names" if self.encrypted and shown else "anybody without a name"

    def aiokafka(self) -> dict[str, Any]:
        """For producers, consumers and clients of aiokafka."""
        given: dict[str, Any] = {"security_protocol": self.security}
        if self.encrypted:
            given["ssl_context"] = self.papers.context()
        if self.named:
            given["sasl_mechanism"] = SCRAM
            given["sasl_plain_username"] = self.user
            given["sasl_plain_password"] = self.password
        return given

    def faststream(self) -> BaseSecurity | None:
        """For a FastStream broker."""
        context = self.papers.context() if self.encrypted else None
        if self.named:
            return SASLScram512(self.user, self.password, ssl_context=context)
        return BaseSecurity(ssl_context=context) if context else None

    def librdkafka(self) -> dict[str, Any]:
        """For clients of confluent-kafka; what librdkafka logs by itself is said by us."""
        given = {
            "bootstrap.servers": self.servers,
            "security.protocol": self.security,
            "log_level": 0,
        }
        if self.encrypted:
            self.papers.context()  # or librdkafka would say in many words which file it cannot read
            given |= _named(
                {
                    "ssl.ca.location": self.papers.ca,
                    "ssl.certificate.location": self.papers.certificate,
                    "ssl.key.location": self.papers.key or self.papers.certificate,
                }
            )
        if self.named:
            given |= {
                "sasl.mechanism": SCRAM,
                "sasl.username": self.user,
                "sasl.password": self.password,
            }
        return given


@dataclass(frozen=True, slots=True)
class RedisAccess:
    """Where Redis is and how it lets us in.

    `url` may name several nodes of a cluster between commas; `user` and `password` go before what
    it says of them.
    """

    url: str = field(repr=False)
    cluster: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    papers: Papers = NO_REDIS_PAPERS

    @classmethod
    def of(cls, where: "RedisAccess | str") -> "RedisAccess":
        """Access as it is given; a bare URL is one server."""
        return cls(where) if isinstance(where, str) else where

    @property
    def encrypted(self) -> bool:
        """Whether the connection is TLS."""
        return self.url.startswith("rediss://")

    @property
    def secret(self) -> str:
        """The password it is reached with."""
        return self.password or urlsplit(self.url).password or ""

    @property
    def where(self) -> str:
        """The URL's servers, without what is secret in it."""
        parts = urlsplit(self.url)
        return parts.netloc.rpartition("@")[2] or parts.path

    def given(self) -> dict[str, Any]:
        """What one connection is made of; SettingError where a file is not as it must be."""
        parts = urlsplit(self.url)
        first = parts._replace(netloc=parts.netloc.replace(self.where, self.where.split(",")[0]))
        told: dict[str, Any] = {**parse_url((first if parts.netloc else parts).geturl())}
        given = {name: told[name] for name in _OF_URL if name in told}
        given |= _named({"username": self.user, "password": self.password})
        if self.encrypted:
            self.papers.context()
            given |= {"ssl": True} | _named(
                {
                    "ssl_ca_certs": self.papers.ca,
                    "ssl_certfile": self.papers.certificate,
                    "ssl_keyfile": self.papers.key or self.papers.certificate,
                }
            )
        return given

    @property
    def nodes(self) -> list[tuple[str, int]]:
        """The nodes the URL names, one or more."""
        first, *others = self.where.split(",")
        return [(name, int(port or 6379)) for name, _, port in
                (node.partition(":") for node in (first, *others))]  # fmt: skip

    def client(self, *, answer_seconds: float = ANSWER_SECONDS, **more: Any) -> RedisClient:
        """A client that gives up soon; of a cluster it finds the other nodes by itself."""
        given = self.given() | {
            "socket_timeout": answer_seconds,
            "socket_connect_timeout": min(CONNECT_SECONDS, answer_seconds),
            "retry": Retry(NoBackoff(), RETRIES),
            **more,
        }
        if not self.cluster:
            if "path" in given:
                given["unix_socket_path"] = given.pop("path")
            return Redis(**given)
        for place in ("host", "port", "db"):
            given.pop(place, None)
        return RedisCluster(startup_nodes=[ClusterNode(*node) for node in self.nodes], **given)


def _named(given: Mapping[str, str]) -> dict[str, str]:
    """What was given at all."""
    return {name: value for name, value in given.items() if value}
