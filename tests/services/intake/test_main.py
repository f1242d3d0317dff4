"""A catalog with faults ends the process at once, with a line for each of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from pydantic import ValidationError

from services.intake import __main__ as main
from services.intake.__main__ import service
from services.intake.catalog import load
from services.intake.settings import IntakeSettings
from shared.contracts.topics import Names
from shared.process.run import Runtime
from tests.architecture.source import ROOT
from tests.support.builders import NOW
from tests.support.captured_logs import logged

CATALOG = """\
skills: {}
rate_cards:
  a: {currency: USD, amount_minor: x}
task_types: {}
"""


def test_catalog_with_faults_ends_the_start_with_a_line_for_each(tmp_path: Path) -> None:
    file = tmp_path / "catalog.yaml"
    file.write_text(CATALOG)

    done = subprocess.run(
        [sys.executable, "-m", "services.intake"],
        env={**os.environ, "SENTUH_INTAKE_CATALOG_FILE": str(file)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert [line.split(": ")[:2] for line in done.stderr.splitlines()] == [
        [f"{file}:3", "rate_cards.a.amount_minor"],
        [f"{file}:4", "task_types"],
    ]


def test_which_catalog_was_loaded_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    file = ROOT / "deploy" / "catalog.yaml"
    runtime = Runtime(Names(), lambda _: NOW, CollectorRegistry())

    said = logged(monkeypatch, main)
    service(IntakeSettings(catalog_file=file), runtime)

    assert said == [
        {
            "event": "catalog",
            "log_level": "info",
            "file": str(file),
            "digest": load(file).digest[:12],
        }
    ]


def _settings(**registry: str) -> IntakeSettings:
    fields = {f"schema_registry_{name}": value for name, value in registry.items()}
    return IntakeSettings(catalog_file=ROOT / "deploy" / "catalog.yaml", **fields)  # type: ignore[arg-type]


def test_with_a_registry_schemas_are_got_before_reading_and_readiness_tells_of_it() -> None:
    runtime = Runtime(Names(), lambda _: NOW, CollectorRegistry())
    made = service(_settings(url="https://registry.example"), runtime)
    assert made.before_reading is not None
    assert list(made.probes) == ["the schema registry does not answer"]

    without = service(_settings(), Runtime(Names(), lambda _: NOW, CollectorRegistry()))
    assert without.before_reading is None
    assert without.probes == {}


@pytest.mark.parametrize(
    ("registry", "words"),
    [
        ({"url": "registry:8081"}, "https://"),
        ({"url": "ftp://registry"}, "https://"),
        ({"url": "https://svc:hunter2@registry"}, "without a user"),
        ({"url": "https://registry/?a=b"}, "without a user or a query"),
        ({"user": "svc", "password": "hunter2"}, "SCHEMA_REGISTRY_URL: user, password and CA"),
        ({"url": "https://registry", "user": "svc"}, "give both, or neither"),
        ({"url": "http://registry", "ca_file": "/ca.pem"}, "without TLS a CA is of no use"),
    ],
)
def test_settings_of_a_registry_that_do_not_fit_are_told(
    registry: dict[str, str], words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        _settings(**registry)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_in_production_a_registry_is_asked_with_encryption_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SENTUH_ENV", "prod")
    with pytest.raises(ValidationError, match="this is production"):
        _settings(url="http://registry")


def test_a_password_in_the_clear_is_told() -> None:
    assert any(
        "the registry's password" in line
        for line in _settings(url="http://registry", user="a", password="b").in_the_clear()
    )
