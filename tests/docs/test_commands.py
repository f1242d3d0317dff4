"""Every command in the documentation is run by a test, or listed as one that is not, with why."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.docs.commands import HERE, NOT_RUN, THERE
from tests.docs.pages import Page
from tests.docs.shell import by_command, commands

LIMIT_SECONDS = 120
KNOWN: Mapping[str, str] = {**HERE, **THERE, **NOT_RUN}
DOCUMENTED = by_command()
MADE = sorted(command for command in DOCUMENTED if command.split()[0] == "make")
OURS = sorted(command for command in DOCUMENTED if command.split()[0] == "sentuh")


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of a page in the root, as one who has activated the environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["bash", "-euc", command.replace("{tmp}", str(folder))],
        cwd=ROOT, check=False, capture_output=True, text=True, timeout=LIMIT_SECONDS,
        env=env | {"PATH": path, "COLUMNS": "200", "TERM": "dumb"},
    )  # fmt: skip


def unknown(documented: Mapping[str, str], listed: Iterable[str]) -> list[str]:
    """Commands of pages that stand in no table."""
    return [
        f"{page}: `{command}`: say in tests/docs/commands.py how it is run (HERE), which test runs"
        " it (THERE), or why none does (NOT_RUN)"
        for command, page in documented.items()
        if command not in listed
    ]


def idle(listed: Iterable[str], documented: Mapping[str, str]) -> list[str]:
    """Rows whose command stands on no page."""
    return [
        f"`{command}` stands on no page: take its row out of tests/docs/commands.py"
        for command in listed
        if command not in documented
    ]


def test_every_command_has_its_row_and_every_row_its_command() -> None:
    wrong = unknown(DOCUMENTED, KNOWN) + idle(KNOWN, DOCUMENTED)

    assert not wrong, "\n".join(wrong)
    assert len(KNOWN) == len(HERE) + len(THERE) + len(NOT_RUN), "a command stands in two tables"


@pytest.mark.parametrize("command", HERE)
def test_it_runs(command: str, tmp_path: Path) -> None:
    done = shell(HERE[command], tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", THERE)
def test_the_test_that_runs_it_is_there(command: str) -> None:
    path, _, name = THERE[command].partition("::")

    assert (ROOT / path).is_file(), f"{path} is no file: name the test that runs `{command}`"
    assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE), (
        f"{path} has no {name}: name the test that runs `{command}`"
    )


@pytest.mark.parametrize("command", MADE)
def test_a_target_is_there(command: str, tmp_path: Path) -> None:
    done = shell(command.replace("make", "make --dry-run", 1), tmp_path)

    assert done.returncode == 0, done.stderr
    missing = [word for word in re.findall(r"tests/[\w/.]+", command) if not (ROOT / word).exists()]
    assert missing == [], f"`{command}` names paths that are not there"


def test_a_module_that_is_run_is_there() -> None:
    found = [re.match(r"python -m ([\w.]+)", command) for command in DOCUMENTED]
    modules = [module[1] for module in found if module]

    assert [module for module in modules if find_spec(module) is None] == []


@pytest.mark.parametrize("command", OURS)
def test_a_command_of_ours_knows_its_options(command: str, tmp_path: Path) -> None:
    words = re.match(r"sentuh(?: [a-z][a-z-]*(?= |$))*", command)
    assert words
    done = shell(f"{words[0]} --help", tmp_path)

    assert done.returncode == 0, done.stderr
    options = re.findall(r" (--[a-z-]+)", command)
    lacking = [option for option in options if option not in done.stdout]
    assert lacking == [], f"`{command}`: its help does not know these: correct the page"


def test_what_is_no_command_and_what_is() -> None:
    text = (
        "`make`, `sentuh`, `docker compose`, `sentuh audit  --watch`\n\n```console\n$ a\nb\n```\n"
    )

    assert list(commands(Page("x.md", text))) == ["a", "make", "sentuh audit --watch"]


def test_an_unknown_command_and_an_idle_row_are_caught() -> None:
    assert "say in tests/docs/commands.py" in unknown({"sentuh mend": "x.md"}, KNOWN)[0]
    assert "take its row out" in idle(["sentuh mend"], DOCUMENTED)[0]
