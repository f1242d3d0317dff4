"""Settings of a service, from the environment or files: each with its bounds, unit and reason."""

import re
import socket
from collections.abc import Sequence
from typing import Annotated, ClassVar, Self, TypeVar

from pydantic import Field, model_validator

from shared.connect.connections import RedisSettings, problems_in
from shared.connect.environment import matching, misspelt, read
from shared.connect.kafka_settings import KafkaSettings
from shared.contracts.errors import SettingError
from shared.contracts.topics import SERVICES, Names

Settings = TypeVar("Settings", bound="ServiceSettings")

_PREFIX = matching(r"[A-Za-z0-9._-]{0,60}", "give at most 60 letters, digits, dots, - and _")
_LEVEL = matching("debug|info|warning|error", "give debug, info, warning or error")
_NAME = matching(r"[A-Za-z0-9._-]{0,200}", "give at most 200 letters, digits, dots, - and _")


class ServiceSettings(KafkaSettings, RedisSettings):
    """Settings of every service. A service's own class adds its own settings and defaults."""

    service: ClassVar[str]

    topic_prefix: Annotated[str, _PREFIX] = Field("", validation_alias="SENTUH_TOPIC_PREFIX")
    log_level: Annotated[str, _LEVEL] = Field("info", validation_alias="SENTUH_LOG_LEVEL")

    batch_max: int = Field(500, ge=1, le=1000, validation_alias="SENTUH_BATCH_MAX")
    """Records of one batch at most."""
    batch_wait_seconds: float = Field(
        1, ge=0.001, le=1, validation_alias="SENTUH_BATCH_WAIT_SECONDS"
    )
    """How long one poll waits for records; the first that come end the wait."""
    publish_seconds: float = Field(10, ge=0.5, le=60, validation_alias="SENTUH_PUBLISH_SECONDS")
    """A record is published at most this long after its commit; an ack is awaited no longer."""
    epoch_quiet_seconds: float = Field(
        20, ge=1, le=600, validation_alias="SENTUH_EPOCH_QUIET_SECONDS"
    )
    """After Redis lost its memory: how long records decided before may still be published."""
    session_seconds: float = Field(10, ge=1, le=300, validation_alias="SENTUH_SESSION_SECONDS")
    """A process that sends no heartbeat for this long loses its partitions."""
    sweep_seconds: float = Field(1, ge=0.05, le=60, validation_alias="SENTUH_SWEEP_SECONDS")
    """How often deadlines are announced and outcomes left behind are looked for."""
    unsettled_seconds: float = Field(60, ge=1, le=3600, validation_alias="SENTUH_UNSETTLED_SECONDS")
    """Age at which an outcome that nobody settled is published by the next sweep. What is handled
    is settled within a tenth of it, and within two seconds."""
    clock_skew_seconds: float = Field(1, ge=0, le=60, validation_alias="SENTUH_CLOCK_SKEW_SECONDS")
    """How far this machine's clock and the brokers' clocks may differ."""
    start_seconds: float = Field(60, ge=1, le=3600, validation_alias="SENTUH_START_SECONDS")
    """How long a start waits for Kafka and Redis before it gives up."""
    stop_seconds: float = Field(25, ge=1, le=600, validation_alias="SENTUH_STOP_SECONDS")
    """How long a stop may take; shorter than the time its supervisor gives it."""
    stuck_seconds: float = Field(120, ge=5, le=86_400, validation_alias="SENTUH_STUCK_SECONDS")
    """Not alive after this long with records waiting, none handled, Kafka and Redis well."""

    http_host: str = "127.0.0.1"
    http_port: int = Field(8100, ge=1, le=65_535)
    """Where /live, /ready and /metrics are served, without a login: on this machine alone unless
    http_host says otherwise, as the container image does."""
    instance: Annotated[str, _NAME] = ""
    """Name of this replica in the group: the same after a restart, and shared by no other replica.
    Empty: host name and port."""

    @model_validator(mode="after")
    def _bounds_that_hang_together(self) -> Self:
        if self.epoch_quiet_seconds < 2 * self.publish_seconds:
            raise ValueError(
                "SENTUH_EPOCH_QUIET_SECONDS: must be at least twice SENTUH_PUBLISH_SECONDS:"
                " a record may be sent that late, and its ack may take that long again"
            )
        if self.session_seconds >= self.epoch_quiet_seconds:
            raise ValueError(
                "SENTUH_SESSION_SECONDS: must be shorter than SENTUH_EPOCH_QUIET_SECONDS: who has"
                " lost a partition must know it before state is made whole"
            )
        return self

    @property
    def gather_seconds(self) -> float:
        """How long handled batches are gathered before they are settled and acknowledged.

        A tenth of `unsettled_seconds` at most: nothing is taken over that is only gathered.
        """
        return min(2.0, self.unsettled_seconds / 10)

    @property
    def names(self) -> Names:
        """Names of the topics on this broker, with their prefix."""
        return Names(self.topic_prefix)

    @property
    def group(self) -> str:
        """Consumer group: the service's name, with the topics' prefix."""
        return self.topic_prefix + self.service

    @property
    def member(self) -> str:
        """Name of this replica in its group and its client ids."""
        own_name = self.instance or f"{socket.gethostname()}-{self.http_port}"
        return re.sub(r"[^A-Za-z0-9._-]", "-", f"{self.service}-{own_name}")[:200]


def settings_of(kind: type[Settings]) -> Settings:
    """Read the settings from the environment.

    Raises SettingError that names every setting that is wrong or lacking, each with its fix.
    """
    settings, wrong = read(kind)
    wrong += [line for line in problems_in(KafkaSettings, RedisSettings) if line not in wrong]
    if settings is None or wrong:
        raise refused(wrong, kind)
    return settings


def refused(wrong: Sequence[str], kind: type[ServiceSettings]) -> SettingError:
    """Return an error with all that is wrong, and names that may be misspelt settings."""
    return SettingError("; ".join([*wrong, *misspelt(kind, of_others(kind))]))


def of_others(kind: type[ServiceSettings]) -> tuple[str, ...]:
    """Return the prefixes of the settings that only other services read: `SENTUH_QA_`."""
    own = getattr(kind, "service", "")
    return tuple(f"SENTUH_{name.upper()}_" for name in SERVICES if name != own)
