"""Options that several commands share: which broker, which Redis, which topic prefix."""

import argparse
import os
from typing import TypeVar

from shared.connect.access import KafkaAccess, RedisAccess
from shared.connect.connections import EnvSettings, KafkaSettings, RedisSettings
from shared.connect.environment import read
from shared.connect.settings import ServiceSettings, refused
from shared.contracts.topics import Names

KAFKA = "SENTUH_KAFKA_BOOTSTRAP_SERVERS"
KAFKA_SHORT = "KAFKA_BOOTSTRAP_SERVERS"
PREFIX = "SENTUH_TOPIC_PREFIX"
REDIS = "SENTUH_REDIS_URL"
Kind = TypeVar("Kind", bound=EnvSettings)


def add_broker(parser: argparse.ArgumentParser) -> None:
    """Add --kafka and --prefix, each with its environment variable as default."""
    parser.add_argument(
        "--kafka",
        metavar="HOST:PORT",
        default=os.environ.get(KAFKA) or os.environ.get(KAFKA_SHORT),
        help=f"the broker, or several with commas between (default: {KAFKA})",
    )
    parser.add_argument(
        "--prefix",
        default=os.environ.get(PREFIX, ""),
        help=f"what goes before every topic name (default: {PREFIX}, or nothing)",
    )


def broker(given: argparse.Namespace) -> KafkaAccess:
    """Return where the broker is and how it lets us in; SettingError if nobody said."""
    if not given.kafka:
        fix = f"no broker is named: give --kafka HOST:PORT, or set {KAFKA}"
        raise refused([fix], ServiceSettings)
    return kafka(given.kafka)


def idempotent(given: argparse.Namespace) -> bool:
    """Whether the broker knows idempotent producers: the embedded one alone does not."""
    return _standing(KafkaSettings, KAFKA, given.kafka).kafka_idempotent


def kafka(servers: str) -> KafkaAccess:
    """These servers, reached as the environment says; SettingError where that cannot be."""
    return _standing(KafkaSettings, KAFKA, servers).kafka


def redis(url: str) -> RedisAccess:
    """The server or cluster of this URL, or of the environment's where it is empty."""
    return _standing(RedisSettings, REDIS, url).redis


def names(given: argparse.Namespace) -> Names:
    """Return the topic names with their prefix."""
    return Names(given.prefix)


def _standing(kind: type[Kind], name: str, value: str) -> Kind:
    """The settings, this one as given unless empty; SettingError says all that is wrong."""
    settings, wrong = read(kind, **({name: value} if value else {}))
    if settings is not None:
        wrong = list(settings.lacking())
    if settings is None or wrong:
        raise refused(wrong, ServiceSettings)
    return settings
