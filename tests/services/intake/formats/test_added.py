"""A package's format that cannot be used ends the start with a line that names it and the fix."""

import os
import subprocess
import sys
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path

import pytest

from services.intake.formats.added import Added, loaded
from tests.architecture.source import ROOT

GOOD = """from services.intake.formats.payload import Format

FORMAT = Format("acme.labels", lambda payload: False, read=lambda envelope: None)
"""


def a_package(folder: Path, module: str, source: str, *, version: str = "1.0") -> EntryPoint:
    """The entry point of a package that was installed into this folder."""
    (folder / f"{module}.py").write_text(source)
    about = folder / f"{module}-{version}.dist-info"
    about.mkdir()
    name = module.replace("_", "-")
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (about / "entry_points.txt").write_text(f"[sentuh.formats]\nacme.labels = {module}:FORMAT\n")
    [point] = Distribution.at(about).entry_points
    return point


def load(point: EntryPoint, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Added:
    monkeypatch.syspath_prepend(folder)
    return loaded({point.name: point}, [point])


def test_format_of_a_package_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added = load(a_package(tmp_path, "acme_good", GOOD), monkeypatch, tmp_path)
    assert [one.name for one in added.formats] == ["acme.labels"]
    assert added.problems == ()


@pytest.mark.parametrize(
    ("module", "source", "words"),
    [
        ("acme_raises", "raise RuntimeError('no\\x1b[2J licence')", "RuntimeError: no?[2J licence"),
        ("acme_misses", "import acme_nowhere", "No module named 'acme_nowhere'"),
        ("acme_exits", "raise SystemExit(3)", "SystemExit: 3"),
        ("acme_breaks", "FORMAT = (", "SyntaxError"),
        ("acme_lacks", "x = 1", "has no attribute 'FORMAT'"),
        ("acme_text", "FORMAT = 'acme.labels'", "no Format but a str"),
        (
            "acme_other",
            GOOD.replace('"acme.labels"', '"acme.other"'),
            "another name ('acme.other')",
        ),
    ],
)
def test_format_that_cannot_be_used_is_named_with_its_package_and_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, source: str, words: str
) -> None:
    added = load(a_package(tmp_path, module, source), monkeypatch, tmp_path)
    name = module.replace("_", "-")
    assert added.formats == ()
    [problem] = added.problems
    assert problem.startswith(f"entry point acme.labels (sentuh.formats) of {name} 1.0: ")
    assert words in problem
    assert problem.endswith(f"or uninstall it: pip uninstall {name}")
    assert problem.isprintable()


def test_two_packages_that_add_one_name_are_both_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = a_package(tmp_path, "acme_first", GOOD)
    second = a_package(tmp_path, "acme_second", GOOD)
    monkeypatch.syspath_prepend(tmp_path)
    added = loaded({second.name: second}, [first, second])
    assert added.formats == ()
    assert "acme-first 1.0 and acme-second 1.0 both add it: uninstall one" in added.problems[0]


@pytest.mark.parametrize("command", [["services.intake"], ["sentuh", "check", "--format-help"]])
def test_start_ends_with_one_line(tmp_path: Path, command: list[str]) -> None:
    a_package(tmp_path, "acme_raises", "raise RuntimeError('no licence')")
    catalog = str(ROOT / "deploy" / "catalog.yaml")
    path = f"{tmp_path}{os.pathsep}{ROOT}"
    done = subprocess.run(
        [sys.executable, "-m", *command],
        env={**os.environ, "PYTHONPATH": path, "SENTUH_INTAKE_CATALOG_FILE": catalog},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    [line] = [line for line in done.stderr.splitlines() if "acme" in line]
    assert "acme-raises 1.0" in line
    assert "Traceback" not in done.stderr
