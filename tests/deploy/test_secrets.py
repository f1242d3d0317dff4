"""No command we hand out shows a password: a list of processes is read by everybody."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

SHOWN = re.compile(r"redis-cli[^\n`]*\s(-u|-a|--pass|--uri)\s|cat [^\n]*secrets[^\n]*\)\"")
RUNBOOKS = ROOT / "deploy" / "runbooks"


def handed_out() -> Iterator[Path]:
    """Files that hold commands."""
    yield from (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docker-compose.yml")
    yield from (ROOT / "docs").glob("*.md")
    yield from (path for path in (ROOT / "deploy").rglob("*") if path.is_file())
    yield from (ROOT / "tests" / "compose").glob("*.py")


def shown(text: str) -> list[str]:
    """Commands that show a password."""
    return [found.group() for found in SHOWN.finditer(text)]


def test_no_command_shows_a_password() -> None:
    texts = {path: path.read_text(errors="replace") for path in handed_out()}

    assert {path: said for path, text in texts.items() if (said := shown(text))} == {}


@pytest.mark.parametrize(
    "text",
    ["`redis-cli -u URL ping`", 'sentuh audit --redis "$(cat /run/secrets/redis/url)"'],
)
def test_one_that_does_is_seen(text: str) -> None:
    assert shown(text)


@pytest.mark.parametrize("path", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_a_runbook_says_how_redis_lets_you_in(path: Path) -> None:
    said = path.read_text()

    assert "redis-cli" not in said or "deploy/redis-cli" in said
