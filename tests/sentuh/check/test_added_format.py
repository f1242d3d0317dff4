"""A package of somebody else adds a format: the example is installed, and its outputs are read."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

EXAMPLE = ROOT / "deploy" / "quickstarts" / "own-format"
SENT = {"acme": 1, "comment": "Buy now", "decision": "hide", "certainty": 64.5}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the example package was installed."""
    source, target = tmp_path_factory.mktemp("source") / "p", tmp_path_factory.mktemp("installed")
    shutil.copytree(EXAMPLE, source)  # a build may leave files beside its source
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--disable-pip-version-check", "--target", str(target)]
    subprocess.run([*command, str(source)], check=True, timeout=300)
    return target


def _sentuh(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sentuh", *arguments],
        env={**os.environ, "PYTHONPATH": f"{installed}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_outputs_in_an_added_format_are_recognised_and_read(
    installed: Path, tmp_path: Path
) -> None:
    catalog = tmp_path / "catalog.yaml"
    shipped = (ROOT / "deploy" / "catalog.yaml").read_text()
    catalog.write_text(
        shipped.replace("accepts: [openai.chat", "accepts: [acme.moderation, openai.chat")
    )
    output = tmp_path / "output.json"
    output.write_text(json.dumps(SENT))

    done = _sentuh(installed, "check", str(output), "--catalog", str(catalog), "--json")

    assert done.returncode == 0, done.stdout + done.stderr
    [checked] = json.loads(done.stdout)
    assert checked["output"]["format"] == "acme.moderation"
    assert checked["output"]["answer"] == "hide"
    assert checked["output"]["confidence"]["value"] == pytest.approx(0.645)


def test_it_is_listed_beside_ours(installed: Path) -> None:
    assert "acme.moderation" in _sentuh(installed, "check", "--format-help").stdout


def test_without_the_package_the_catalog_says_that_nobody_knows_it(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.yaml"
    shipped = (ROOT / "deploy" / "catalog.yaml").read_text()
    catalog.write_text(
        shipped.replace("accepts: [openai.chat", "accepts: [acme.moderation, openai.chat")
    )
    done = _sentuh(tmp_path, "catalog", "check", str(catalog))
    assert done.returncode == 1
    assert "`sentuh check --format-help` lists the formats" in done.stdout
