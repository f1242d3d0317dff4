"""Reads settings from the environment or from files; each error names the setting and the fix."""

import difflib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pydantic import AfterValidator, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

from shared.connect import service_links
from shared.connect.env_files import leftovers, misnamed
from shared.contracts.errors import SettingError
from shared.contracts.fixes import taken_by

WRONG_SETTING = 2
"""Exit code of a process that ends because a setting is wrong or missing."""
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
"""Names in the environment that no settings class reads, but the compose file or a script does."""
READ_BY_TESTS = ("SENTUH_TEST_",)
"""Prefixes of names in the environment that only the tests read."""

Kind = TypeVar("Kind", bound=BaseSettings)


def matching(pattern: str, fix: str) -> AfterValidator:
    """Return a pydantic validator that accepts text only if the whole of it matches a pattern.

    Other text raises ValueError with the message `fix`, which tells the operator what to write.
    Example: `matching("debug|info", "give debug or info")` refuses "trace" with that message.
    """

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(fix)
        return value

    return AfterValidator(check)


class FromEnvironment(BaseSettings):
    """Base class of settings that are read from the environment, or from files that it names.

    A value given to the constructor wins over the other two. A setting that is in the environment
    and in a file is an error (SettingError). Example: `SENTUH_REDIS_PASSWORD_FILE` names the file
    for `SENTUH_REDIS_PASSWORD`.
    """

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources of values in this order: constructor, environment, files.

        pydantic calls this; the first source that has a value for a setting wins. What Kubernetes
        put into the environment for a Service is no setting, and is left out.
        """
        if isinstance(env_settings, EnvSettingsSource):
            foreign = {name.lower() for name in service_links.links(os.environ)}
            kept = {k: v for k, v in env_settings.env_vars.items() if k.lower() not in foreign}
            env_settings.env_vars = kept
        return init_settings, env_settings, SettingFiles(settings_cls)


class SettingFiles(PydanticBaseSettingsSource):
    """Reads values of settings from files, such as the secrets that are mounted into a container.

    Example: `SENTUH_REDIS_PASSWORD_FILE=/run/secrets/redis` names the file with the value of
    `SENTUH_REDIS_PASSWORD`.
    """

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return three things that pydantic asks of a source: value, key, and whether it is JSON.

        The value is the text of the file, or None if the environment names no file for this
        setting. The third is always False: the text is taken as it is. Raises SettingError for an
        unreadable file. Example: `("s3cret", "SENTUH_REDIS_PASSWORD", False)`.
        """
        name = setting(self.settings_cls, field_name)
        key = str(field.validation_alias or field_name)
        return (_in_file(name) if f"{name}_FILE" in os.environ else None), key, False

    def __call__(self) -> dict[str, Any]:
        """Return the content of each file that a `..._FILE` variable names, by setting.

        Example: `SENTUH_REDIS_PASSWORD_FILE=/run/p` gives the password. Raises SettingError for a
        file that cannot be read.
        """
        fields = self.settings_cls.model_fields.items()
        values = [self.get_field_value(field, name) for name, field in fields]
        return {key: value for value, key, _ in values if value is not None}


def read(kind: type[Kind], **overrides: str) -> tuple[Kind | None, list[str]]:
    """Read one class of settings; returns (settings, []), or (None, one line for each problem).

    `kind` is the settings class. Each line names a setting and its fix. `overrides` take precedence
    over the environment and have the names of environment variables. Example:
    `read(RedisSettings, SENTUH_REDIS_URL="redis://r:6379")`.
    """
    # Before the values are judged: a quoted list of brokers is no list of brokers, and the words
    # for that would send the operator to a file in which it looks right.
    left = _left_in(kind, frozenset(overrides))
    try:
        settings, wrong = kind(**dict[str, Any](overrides)), dict[str, str]()
    except ValidationError as failure:
        settings, wrong = None, dict(_problem(kind, error) for error in failure.errors())
    except SettingError as failure:
        settings, wrong = None, {"": str(failure)}
    # Of one setting its file's fault alone is told: the other follows from it.
    problems = [*left.values(), *(line for name, line in wrong.items() if name not in left)]
    return (None if problems else settings), problems


def _left_in(kind: type[BaseSettings], overridden: frozenset[str]) -> dict[str, str]:
    """Return a line for each setting in the environment that its file or Kubernetes spoiled.

    `overridden` are settings of another source, whose names in the environment do not count.
    """
    fields = {setting(kind, field): info for field, info in kind.model_fields.items()}
    names = _with_files(fields) - overridden - service_links.links(os.environ)
    secrets = [name for name in names if name in fields and fields[name].annotation is SecretStr]
    addresses = service_links.like_links(names, os.environ)
    by_name = {line.partition(":")[0]: line for line in addresses}
    return by_name | misnamed(names, os.environ) | leftovers(names, os.environ, secrets)


def setting(kind: type[BaseSettings], field: str) -> str:
    """Return the name of the environment variable that a field of a settings class is read from."""
    alias = kind.model_fields[field].validation_alias
    return str(alias or f"{kind.model_config.get('env_prefix', '')}{field}").upper()


def unknown(
    kind: type[BaseSettings], others: Iterable[str], environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return names in the environment that look like settings of Sentuh, but that nothing reads.

    A name looks so if it begins with `SENTUH_`. Each is mapped to the name of the setting of `kind`
    that it resembles most, or to "". `others` are prefixes of names that other processes read;
    names with such a prefix are left out. `environ` is the environment to search. Example:
    `SENTUH_REDIS_ULR` gives `{"SENTUH_REDIS_ULR": "SENTUH_REDIS_URL"}`.
    """
    own = _with_files({setting(kind, field) for field in kind.model_fields})
    allowed = own | _with_files(ELSEWHERE) | service_links.links(environ)
    beginnings = (*others, *READ_BY_TESTS)
    strange = [
        name
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in allowed and not name.startswith(beginnings)
    ]
    return {name: _nearest(name, own) for name in strange}


def misspelt(
    kind: type[BaseSettings], others: Iterable[str], environ: Mapping[str, str] = os.environ
) -> list[str]:
    """Return one line for each name in the environment that is probably a misspelt setting.

    Such a name is no setting, but resembles a setting of `kind` that is not set. `others` are
    prefixes of names that other processes read, which are left out. `environ` is the environment to
    search. Example: `SENTUH_REDIS_ULR: nothing reads it: perhaps SENTUH_REDIS_URL was meant`.
    """
    return [
        f"{name}: nothing reads it: perhaps {near} was meant"
        for name, near in unknown(kind, others, environ).items()
        if near and not _with_files({near.removesuffix("_FILE")}) & set(environ)
    ]


def _with_files(names: Iterable[str]) -> frozenset[str]:
    """Return these names of settings, and each of them with `_FILE` added.

    `NAME_FILE` gives the path of a file from which the value of `NAME` is read. Example: `["A"]`
    gives `A` and `A_FILE`.
    """
    return frozenset(both for name in names for both in (name, f"{name}_FILE"))


def _nearest(name: str, names: Iterable[str]) -> str:
    """Return the one of `names` whose spelling is closest to `name`; "" if none is close."""
    return next(iter(difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.8)), "")


def give_up(failure: SettingError, code: int = WRONG_SETTING) -> NoReturn:
    """Write the error to standard error as one line, and end the process with exit code `code`."""
    sys.stderr.write(f"{failure}{os.linesep}")
    sys.exit(code)


def _in_file(name: str) -> str:
    """Return the text of a setting's file, without the line break at its end.

    The environment names the file in `NAME_FILE`, where NAME is the setting `name`. Raises
    SettingError if the setting `name` is in the environment itself too, or if the file cannot be
    read as UTF-8 text. Example: `_in_file("SENTUH_REDIS_PASSWORD")` reads the file that
    `SENTUH_REDIS_PASSWORD_FILE` names.
    """
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


def _problem(kind: type[BaseSettings], error: Mapping[str, Any] | object) -> tuple[str, str]:
    """Return the environment variable's name, and one line with it and a pydantic error's message.

    The message of a check of several settings names them itself; it is under its own text.
    """
    assert isinstance(error, dict)  # noqa: S101 - pydantic's own error record
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message, message
    # pydantic names a field by its alias, where it has one: the name in the environment.
    where = str(error["loc"][0])
    field = next((name for name in kind.model_fields if setting(kind, name) == where), where)
    name = setting(kind, field) if field in kind.model_fields else where.upper()
    taken = taken_by(error["type"], error.get("ctx", {}))
    return name, f"{name}: write {taken}" if taken else f"{name}: {message[0].lower()}{message[1:]}"
