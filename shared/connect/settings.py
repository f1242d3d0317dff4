"""Settings of a service, from the environment or files: each with its bounds, unit and reason."""

import re
import socket
from collections.abc import Sequence
from typing import Annotated, ClassVar, Self, TypeVar

from pydantic import Field, model_validator

from shared.connect.connections import KafkaSettings, RedisSettings, problems_in
from shared.connect.environment import misspelt, read, shaped
from shared.contracts.errors import SettingError
from shared.contracts.topics import SERVICES, Names

Settings = TypeVar("Settings", bound="ServiceSettings")

_PREFIX = shaped(r"[A-Za-z0-9._-]{0,60}", "give at most 60 letters, digits, dots, - and _")
_LEVEL = shaped("debug|info|warning|error", "give debug, info, warning or error")
_NAME = shaped(r"[A-Za-z0-9._-]{0,200}", "give at most 200 letters, digits, dots, - and _")


class ServiceSettings(KafkaSettings, RedisSettings):
    """What every service must be told. A service's own class adds its knobs and its defaults."""

    service: ClassVar[str]

    topic_prefix: Annotated[str, _PREFIX] = Field("", validation_alias="SENTUH_TOPIC_PREFIX")
    log_level: Annotated[str, _LEVEL] = Field("info", validation_alias="SENTUH_LOG_LEVEL")

    batch_max: int = Field(500, ge=1, le=1000, validation_alias="SENTUH_BATCH_MAX")
    """Records of one batch."""
    batch_wait_seconds: float = Field(
        1, ge=0.001, le=1, validation_alias="SENTUH_BATCH_WAIT_SECONDS"
    )
    """How long to wait for records before asking again; what comes ends the wait."""
    publish_seconds: float = Field(10, ge=0.5, le=60, validation_alias="SENTUH_PUBLISH_SECONDS")
    """Nothing is published later than this after its commit, and no ack is awaited longer."""
    epoch_quiet_seconds: float = Field(
        20, ge=1, le=600, validation_alias="SENTUH_EPOCH_QUIET_SECONDS"
    )
    """After Redis lost its memory: how long something decided before can still be published."""
    session_seconds: float = Field(10, ge=1, le=300, validation_alias="SENTUH_SESSION_SECONDS")
    """A process that is silent for this long has lost its partitions."""
    sweep_seconds: float = Field(1, ge=0.05, le=60, validation_alias="SENTUH_SWEEP_SECONDS")
    """How often time is announced and what others left behind is looked for."""
    unsettled_seconds: float = Field(60, ge=1, le=3600, validation_alias="SENTUH_UNSETTLED_SECONDS")
    """Age at which an outcome that nobody settled is published by whoever finds it."""
    clock_skew_seconds: float = Field(1, ge=0, le=60, validation_alias="SENTUH_CLOCK_SKEW_SECONDS")
    """How far this machine's clock and the brokers' may be apart."""
    start_seconds: float = Field(60, ge=1, le=3600, validation_alias="SENTUH_START_SECONDS")
    """How long a start waits for Kafka and Redis before it gives up."""
    stop_seconds: float = Field(25, ge=1, le=600, validation_alias="SENTUH_STOP_SECONDS")
    """How long an orderly stop may take; shorter than the grace its supervisor gives."""
    stuck_seconds: float = Field(120, ge=5, le=86_400, validation_alias="SENTUH_STUCK_SECONDS")
    """Records waiting, nothing handled and nothing wrong outside for this long: not alive."""

    http_host: str = "127.0.0.1"
    http_port: int = Field(8100, ge=1, le=65_535)
    """Where /live, /ready and /metrics are served, to whoever asks: from this machine alone, unless
    it is said otherwise, as the image does."""
    instance: Annotated[str, _NAME] = ""
    """The replica's own name in the group, the same after a restart and never shared by two;
    empty: host name and port."""

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
    def names(self) -> Names:
        """Topic names on this broker."""
        return Names(self.topic_prefix)

    @property
    def group(self) -> str:
        """Consumer group: the service's name, with the topics' prefix."""
        return self.topic_prefix + self.service

    @property
    def member(self) -> str:
        """What this replica is called in the group and in its client ids."""
        given = self.instance or f"{socket.gethostname()}-{self.http_port}"
        return re.sub(r"[^A-Za-z0-9._-]", "-", f"{self.service}-{given}")[:200]


def settings_of(kind: type[Settings]) -> Settings:
    """Read the settings from the environment.

    Raises SettingError that names every setting that is wrong or lacking, each with its fix.
    """
    settings, wrong = read(kind)
    wrong += [said for said in problems_in(KafkaSettings, RedisSettings) if said not in wrong]
    if settings is None or wrong:
        raise refused(wrong, kind)
    return settings


def refused(wrong: Sequence[str], kind: type[ServiceSettings]) -> SettingError:
    """All that is wrong, and which name in the environment may be the reason."""
    return SettingError("; ".join([*wrong, *misspelt(kind, of_others(kind))]))


def of_others(kind: type[ServiceSettings]) -> tuple[str, ...]:
    """What the names of settings begin with that other services read."""
    own = getattr(kind, "service", "")
    return tuple(f"SENTUH_{name.upper()}_" for name in SERVICES if name != own)
