"""Every setting is in .env.example, and nothing is there that no code reads."""

import importlib
import re
from collections.abc import Iterable, Iterator

import pytest
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tests.architecture.source import ROOT, Module, modules

EXAMPLE = ROOT / ".env.example"
COMPOSE = ROOT / "docker-compose.yml"
NAME = re.compile(r"SENTUH_[A-Z0-9_]*[A-Z0-9]|KAFKA_BOOTSTRAP_SERVERS|REDIS_URL")


def names_in(source: Module) -> set[str]:
    """Names of settings that a module's strings spell out."""
    found = {str(constant.value) for constant in source.strings()}
    return {name for name in found if NAME.fullmatch(name)}


def names_of(settings: type[BaseSettings]) -> Iterator[str]:
    """Names of the environment variables a settings class reads."""
    prefix = settings.model_config.get("env_prefix", "")
    for field, info in settings.model_fields.items():
        alias = info.validation_alias
        if alias is None:
            yield f"{prefix}{field}".upper()
        elif isinstance(alias, AliasChoices):
            yield str(alias.choices[0]).upper()
        else:
            yield str(alias).upper()


def settings_classes() -> Iterator[type[BaseSettings]]:
    """Every settings class of services, shared and sentuh; one that others extend, by those."""
    found = []
    for source in modules():
        if source.is_test or "SettingsConfigDict" not in source.text:
            continue
        loaded = importlib.import_module(".".join(source.parts))
        for thing in vars(loaded).values():
            own = getattr(thing, "__module__", None) == loaded.__name__
            if own and isinstance(thing, type) and issubclass(thing, BaseSettings):
                found.append(thing)
    return (thing for thing in found if not thing.__subclasses__())


def read_by_code() -> set[str]:
    """Every setting an operator can give."""
    spelled = {name for source in modules() if not source.is_test for name in names_in(source)}
    composed = set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE.read_text()))
    return spelled.union(composed, *(names_of(settings) for settings in settings_classes()))


def named_in(example: str) -> set[str]:
    """Names in the text of .env.example, those commented out too."""
    return set(re.findall(r"^(?:# ?)?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE))


def wrong_names(read: Iterable[str], named: Iterable[str]) -> list[str]:
    """What .env.example lacks and what it has too much."""
    lacking = [
        f"{name}: add it to .env.example, with unit and bounds" for name in set(read) - set(named)
    ]
    idle = [
        f"{name}: no code reads it: remove it from .env.example" for name in set(named) - set(read)
    ]
    return sorted(lacking + idle)


def test_every_setting_is_in_the_example() -> None:
    read = read_by_code()
    example = EXAMPLE.read_text() if EXAMPLE.exists() else ""
    tests_read = {name for source in modules() if source.is_test for name in names_in(source)}
    wrong = wrong_names(read, named_in(example) - (tests_read - read))

    assert not wrong, "\n".join(wrong)


class Sample(BaseSettings):
    """A settings class with a plain and an aliased name."""

    model_config = SettingsConfigDict(env_prefix="SENTUH_QA_")
    sweep_seconds: int = 1
    url: str = Field("", validation_alias="REDIS_URL")


def test_names_of_a_settings_class_are_found() -> None:
    assert set(names_of(Sample)) == {"SENTUH_QA_SWEEP_SECONDS", "REDIS_URL"}


@pytest.mark.parametrize(
    ("example", "fix"),
    [("", "add it to .env.example"), ("SENTUH_A=1\n# SENTUH_B=2\n", "no code reads it")],
)
def test_a_missing_and_an_idle_name_are_caught(example: str, fix: str) -> None:
    assert fix in wrong_names({"SENTUH_A"}, named_in(example))[0]
    assert not wrong_names({"SENTUH_A"}, named_in("# SENTUH_A=1"))


def test_a_name_spelled_out_in_code_is_found() -> None:
    source = Module("shared/x.py", "import os\nos.environ['SENTUH_FAULT']\nprefix = 'SENTUH_QA_'\n")

    assert names_in(source) == {"SENTUH_FAULT"}
