"""Connections of a command to Kafka and Redis, from its options and the environment."""

import os
from typing import TypeVar

from shared.connect.access import KafkaAccess, RedisAccess
from shared.connect.connections import RedisSettings
from shared.connect.env_settings import EnvSettings
from shared.connect.environment import read
from shared.connect.kafka_settings import KafkaSettings
from shared.connect.settings import ServiceSettings, refused

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
