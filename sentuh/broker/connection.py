"""Connections of a command to Kafka and Redis, from its options and the environment."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from shared.connect.access import REDIS_AWAY, KafkaAccess, RedisAccess
from shared.connect.connections import RedisSettings
from shared.connect.env_settings import EnvSettings
from shared.connect.environment import read
from shared.connect.kafka_settings import KafkaSettings
from shared.connect.refusals import redis_refusal, why
from shared.connect.settings import ServiceSettings, refused
from shared.contracts.errors import SettingError

KAFKA = "SENTUH_KAFKA_BOOTSTRAP_SERVERS"
REDIS = "SENTUH_REDIS_URL"
Kind = TypeVar("Kind", bound=EnvSettings)


def kafka_access(servers: str | None) -> KafkaAccess:
    """Return how to reach these brokers, secured as the environment's settings say.

    SettingError names every wrong setting with its fix, or asks for a broker if none is named.
    Example: kafka_access("k1:9092,k2:9092").
    """
    if not servers:
        fix = f"no broker is named: give --kafka HOST:PORT, or set {KAFKA}"
        raise refused([fix], ServiceSettings)
    return _settings(KafkaSettings, KAFKA, servers).kafka


def is_idempotent(servers: str | None) -> bool:
    """Return whether producers may be idempotent; the embedded broker alone knows no such thing."""
    return _settings(KafkaSettings, KAFKA, servers or "").kafka_idempotent


def redis_access(url: str = "") -> RedisAccess:
    """Return how to reach the Redis of this URL, or of SENTUH_REDIS_URL if it is empty."""
    return _settings(RedisSettings, REDIS, url).redis


@asynccontextmanager
async def connected(
    access: RedisAccess, *, named: str, then: str = "", **settings: Any
) -> AsyncIterator[Any]:
    """Connect to Redis; raise SettingError if it does not answer or refuses the login.

    The error begins with `named` and where Redis is; `then` is what to do once it answers again.
    Example: `async with connected(access, named="--redis") as client`.
    """
    client: Any = access.client(**settings)
    try:
        yield client
    except REDIS_AWAY as failure:
        raise redis_refusal(access, failure) or SettingError(
            f"{named} {access.where} does not answer ({why(failure)}):"
            f" start it, or correct its address{then}"
        ) from failure
    finally:
        await client.aclose()


def _settings(kind: type[Kind], name: str, value: str) -> Kind:
    """Read the environment's settings; a value that is not empty goes before the environment's.

    A value that is the environment's own is read there, so that quotes in it are named as such.
    """
    own = value and value != os.environ.get(name)
    settings, problems = read(kind, **({name: value} if own else {}))
    if settings is not None:
        problems = list(settings.lacking())
    if settings is None or problems:
        raise refused(problems, ServiceSettings)
    return settings
