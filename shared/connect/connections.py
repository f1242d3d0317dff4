"""Defines the settings of the connection to Redis, and checks what production requires of both."""

import re
from collections.abc import Iterator
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from shared.connect.access import RedisAccess
from shared.connect.env_settings import EnvSettings, ports_in_range
from shared.connect.environment import matching, read
from shared.connect.tls import TlsFiles

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


class RedisSettings(EnvSettings):
    """Where Redis is, and how a client logs in: read from the environment, `SENTUH_REDIS_...`."""

    redis_url: Annotated[
        str, _REDIS, AfterValidator(_addressed), AfterValidator(ports_in_range)
    ] = Field("redis://127.0.0.1:6379/0", validation_alias="SENTUH_REDIS_URL", repr=False)
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
