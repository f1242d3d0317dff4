"""Settings out of the environment or files: read, named, refused with the fix, guessed at."""

import difflib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import AfterValidator, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from shared.contracts.errors import SettingError

WRONG_SETTING = 2
"""Exit code of a process that was told something it cannot work with."""
PREFIX = "SENTUH_"
FAULTS = "SENTUH_FAULTS"
_COMPOSE = (
    "ALERTMANAGER_PORT AUDITOR_PORT AUDIT_GRACE_SECONDS DEMO_OUTPUTS DEMO_RATE DEMO_WORKERS"
    " GRAFANA_PORT KAFKA_PORT KAFKA_SESSION_MS PROMETHEUS_CONFIG PROMETHEUS_PORT"
)
ELSEWHERE = frozenset(
    {FAULTS, f"{FAULTS}_LOG", "SENTUH_KAFKA_HEAP", "SENTUH_KAFKA_JARS"}
    | {f"{PREFIX}{name}" for name in _COMPOSE.split()}
)
"""Names that are read by something else than a settings class: the compose file, a script."""
OURS_TOO = ("SENTUH_TEST_",)
"""What begins so is read by the tests."""

Kind = TypeVar("Kind", bound=BaseSettings)


def shaped(pattern: str, said: str) -> AfterValidator:
    """A validator of text: it matches as a whole, or `said` is the fix."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(said)
        return value

    return AfterValidator(check)


class FromEnvironment(BaseSettings):
    """Settings whose values stand in the environment, or in a file that the environment names."""

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


def read(kind: type[Kind], **given: str) -> tuple[Kind | None, list[str]]:
    """The settings, and nothing; or None, and what is wrong with them, each with its fix.

    `given`, by the names of the environment, goes before what the environment says.
    """
    try:
        return kind(**dict[str, Any](given)), []
    except ValidationError as failure:
        return None, [_said(kind, error) for error in failure.errors()]
    except SettingError as failure:
        return None, [str(failure)]


def setting(kind: type[BaseSettings], field: str) -> str:
    """Name of the environment variable a field is read from."""
    alias = kind.model_fields[field].validation_alias
    return str(alias or f"{kind.model_config.get('env_prefix', '')}{field}").upper()


def unknown(
    kind: type[BaseSettings], others: Iterable[str], given: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Names in the environment that look like settings and are none, each with the nearest one.

    `others` are the beginnings of names that other processes read. Empty: none is near.
    """
    own = _with_files({setting(kind, field) for field in kind.model_fields})
    allowed = own | _with_files(ELSEWHERE)
    beginnings = (*others, *OURS_TOO)
    strange = [
        name
        for name in sorted(given)
        if name.startswith(PREFIX) and name not in allowed and not name.startswith(beginnings)
    ]
    return {name: _nearest(name, own) for name in strange}


def misspelt(
    kind: type[BaseSettings], others: Iterable[str], given: Mapping[str, str] = os.environ
) -> list[str]:
    """Names in the environment that are none but near one that is not given, each with that."""
    return [
        f"{name}: nothing reads it: perhaps {near} was meant"
        for name, near in unknown(kind, others, given).items()
        if near and not _with_files({near.removesuffix("_FILE")}) & set(given)
    ]


def _with_files(names: Iterable[str]) -> frozenset[str]:
    """These, and the names under which files hold their values."""
    return frozenset(form for name in names for form in (name, f"{name}_FILE"))


def _nearest(name: str, names: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.8)), "")


def give_up(failure: SettingError, code: int = WRONG_SETTING) -> NoReturn:
    """End the process with one line."""
    sys.stderr.write(f"{failure}{os.linesep}")
    sys.exit(code)


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


def _said(kind: type[BaseSettings], error: Mapping[str, Any] | object) -> str:
    assert isinstance(error, dict)  # noqa: S101 - pydantic's own error record
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message
    found = str(error["loc"][0])
    known = next((name for name in kind.model_fields if setting(kind, name) == found), found)
    name = setting(kind, known) if known in kind.model_fields else found.upper()
    return f"{name}: {message[0].lower()}{message[1:]}"
