"""Settings of a service, from the environment or files: each with its bounds, unit and reason."""

import os
import re
import socket
import sys
from pathlib import Path
from typing import Annotated, Any, ClassVar, NoReturn, Self, TypeVar

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from shared.errors import SettingError
from shared.topics import Names

WRONG_SETTING = 2
"""Exit code of a process that was told something it cannot work with."""

Settings = TypeVar("Settings", bound="ServiceSettings")


def _shaped(pattern: str, said: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(said)
        return value

    return AfterValidator(check)


_HOSTS = _shaped(r"[^\s:,]+:\d+(,[^\s:,]+:\d+)*", "give host:port, several separated by commas")
_REDIS = _shaped(
    r"(redis|rediss|unix)://\S+", "give a URL such as redis://host:6379/0, rediss:// for TLS"
)
_PREFIX = _shaped(r"[A-Za-z0-9._-]{0,60}", "give at most 60 letters, digits, dots, - and _")
_LEVEL = _shaped("debug|info|warning|error", "give debug, info, warning or error")
_NAME = _shaped(r"[A-Za-z0-9._-]{0,200}", "give at most 200 letters, digits, dots, - and _")


class SettingFiles(PydanticBaseSettingsSource):
    """Values that stand in files, as secrets do in containers: NAME_FILE is the path of NAME's."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The value, the key it goes under, and that it is no JSON; None where no file is named."""
        name = setting(self.settings_cls, field_name)
        key = str(field.validation_alias or field_name)
        return (_in_file(name) if f"{name}_FILE" in os.environ else None), key, False

    def __call__(self) -> dict[str, Any]:
        """What files say, by key; SettingError for one that cannot be read."""
        fields = self.settings_cls.model_fields.items()
        found = [self.get_field_value(field, name) for name, field in fields]
        return {key: value for value, key, _ in found if value is not None}


def _in_file(name: str) -> str:
    """The file's text without the end of its last line."""
    if name in os.environ:
        raise SettingError(f"{name}: it is given twice: take away {name} or {name}_FILE")
    path = os.environ[f"{name}_FILE"]
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as failure:
        why = failure.strerror if isinstance(failure, OSError) else "it is no UTF-8 text"
        raise SettingError(
            f"{name}_FILE: {path} cannot be read ({why}): name a text file this process may read"
        ) from None


class ServiceSettings(BaseSettings):
    """What every service must be told. A service's own class adds its knobs and its defaults."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )
    service: ClassVar[str]

    kafka_bootstrap_servers: Annotated[str, _HOSTS] = Field(
        "127.0.0.1:9092", validation_alias="SENTUH_KAFKA_BOOTSTRAP_SERVERS"
    )
    """`host:port`, several separated by commas."""
    kafka_idempotent: bool = Field(default=True, validation_alias="SENTUH_KAFKA_IDEMPOTENT")
    """Off for the embedded broker alone, which knows no idempotent producer."""
    redis_url: Annotated[str, _REDIS] = Field(
        "redis://127.0.0.1:6379/0", validation_alias="SENTUH_REDIS_URL", repr=False
    )
    topic_prefix: Annotated[str, _PREFIX] = Field("", validation_alias="SENTUH_TOPIC_PREFIX")
    log_level: Annotated[str, _LEVEL] = Field("info", validation_alias="SENTUH_LOG_LEVEL")

    batch_max: int = Field(100, ge=1, le=1000, validation_alias="SENTUH_BATCH_MAX")
    """Records of one batch."""
    batch_wait_seconds: float = Field(
        0.02, ge=0.001, le=1, validation_alias="SENTUH_BATCH_WAIT_SECONDS"
    )
    """How long to wait for records before asking again."""
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

    http_host: str = "0.0.0.0"  # noqa: S104 - probes and scrapes come from outside the container
    http_port: int = Field(8100, ge=1, le=65_535)
    """Where /live, /ready and /metrics are served."""
    instance: Annotated[str, _NAME] = ""
    """The replica's own name in the group, the same after a restart and never shared by two;
    empty: host name and port."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """From the environment, or from a file that the environment names."""
        return init_settings, env_settings, SettingFiles(settings_cls)

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
    """Read the settings from the environment; raises SettingError that names setting and fix."""
    try:
        return kind()
    except ValidationError as failure:
        raise SettingError("; ".join(_said(kind, error) for error in failure.errors())) from None


def setting(kind: type[BaseSettings], field: str) -> str:
    """Name of the environment variable a field is read from."""
    alias = kind.model_fields[field].validation_alias
    return str(alias or f"{kind.model_config.get('env_prefix', '')}{field}").upper()


def give_up(failure: SettingError, code: int = WRONG_SETTING) -> NoReturn:
    """End the process with one line."""
    sys.stderr.write(f"{failure}{os.linesep}")
    sys.exit(code)


def _said(kind: type[ServiceSettings], error: object) -> str:
    assert isinstance(error, dict)  # noqa: S101 - pydantic's own error record
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message
    found = str(error["loc"][0])
    known = next((name for name in kind.model_fields if setting(kind, name) == found), found)
    name = setting(kind, known) if known in kind.model_fields else found.upper()
    return f"{name}: {message[0].lower()}{message[1:]}"
