"""Options that several commands share: which broker, which topic prefix."""

import argparse
import os

from shared.errors import SettingError
from shared.topics import Names

KAFKA = "SENTUH_KAFKA_BOOTSTRAP_SERVERS"
KAFKA_SHORT = "KAFKA_BOOTSTRAP_SERVERS"
PREFIX = "SENTUH_TOPIC_PREFIX"


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


def broker(given: argparse.Namespace) -> str:
    """Return where the broker is; SettingError if nobody said."""
    if not given.kafka:
        raise SettingError(f"no broker is named: give --kafka HOST:PORT, or set {KAFKA}")
    return str(given.kafka)


def names(given: argparse.Namespace) -> Names:
    """Return the topic names with their prefix."""
    return Names(given.prefix)
