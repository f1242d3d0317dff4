"""Prometheus' own checker: the one installed here, or that of its image where Docker has it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

COMPOSE = ROOT / "docker-compose.yml"
LIMIT_SECONDS = 120


def promtool(*arguments: str, folder: Path) -> None:
    """Run it in this folder; fails with what it says, skips where there is none."""
    command = _command(folder)
    if command is None:
        pytest.skip("no promtool here, and no Docker that has Prometheus' image")
    command += arguments
    done = subprocess.run(
        command, check=False, cwd=folder, capture_output=True, text=True, timeout=LIMIT_SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr


def image() -> str:
    """Prometheus' image as docker-compose.yml names it."""
    lines = COMPOSE.read_text().splitlines()
    (named,) = (line.split(": ", 1)[1] for line in lines if "image: prom/prometheus:" in line)
    return named.strip()


def _command(folder: Path) -> list[str] | None:
    found = shutil.which("promtool")
    if found:
        return [found]
    if shutil.which("docker") and _has(image()):
        mount = f"{folder}:/looked-at:ro"
        run = ["docker", "run", "--rm", "--network", "none", "-v", mount, "-w", "/looked-at"]
        return [*run, "--entrypoint", "promtool", image()]
    return None


def _has(name: str) -> bool:
    command = ["docker", "image", "inspect", name]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
