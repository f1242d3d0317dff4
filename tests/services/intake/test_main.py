"""A catalog with faults ends the process at once, with a line for each of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

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
