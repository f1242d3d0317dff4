"""The help of every command: it is there, its example is parsed, none of its text is lost."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from rich.text import Text
from typer.core import TyperGroup

from sentuh.__main__ import command_line, main
from shared import VERSION
from tests.architecture.source import ROOT

EXAMPLE = "Example: "
PANELS = ("Run", "Look", "Operate", "Publish")


def commands(group: TyperGroup, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group under a group, with the words that lead to it."""
    yield path, group
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *path, name)
        else:
            yield (*path, name), command


ALL = dict(commands(command_line()))


def example_of(command: Any) -> str:
    """The one example at the end of a command's help."""
    (line,) = [line for line in command.epilog.splitlines() if line.startswith(EXAMPLE)]
    return str(line.removeprefix(EXAMPLE))


def parsed(words: list[str]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The command that the real parser finds in these words, and the options it reads."""
    found: list[tuple[tuple[str, ...], dict[str, Any]]] = []
    line = command_line()
    for path, command in commands(line):
        if not isinstance(command, TyperGroup):
            command.callback = lambda path=path, **values: found.append((path, values))
    line.main(words, prog_name="sentuh", standalone_mode=False)
    (only,) = found
    return only


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_help_with_its_example(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*path, "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert f"Usage: {' '.join(['sentuh', *path])} " in text
    assert f"{EXAMPLE}{example_of(ALL[path])}" in text


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_example_is_parsed_to_its_own_command(path: tuple[str, ...]) -> None:
    program, *words = shlex.split(example_of(ALL[path]))
    found, options = parsed(words)

    assert program == "sentuh"
    assert found[: len(path)] == path
    assert any(options.values()) or found == ("redis", "users")


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_no_text_of_a_help_is_taken_for_markup(path: tuple[str, ...]) -> None:
    command = ALL[path]
    texts = [command.help, command.epilog, *(getattr(one, "help", "") for one in command.params)]
    lost = [text for text in texts if Text.from_markup(text or "").plain != (text or "")]

    assert lost == []


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_no_flag_has_a_negative_twin(path: tuple[str, ...]) -> None:
    twins = [one.secondary_opts for one in ALL[path].params if one.secondary_opts]

    assert twins == []


@pytest.mark.parametrize(
    "words",
    ["catalog check deploy/catalog.yaml", "redis users", "metrics --json"],
)
def test_an_example_that_needs_no_server_runs(words: str) -> None:
    assert f"sentuh {words}" in {example_of(command) for command in ALL.values()}
    done = subprocess.run(
        [sys.executable, "-m", "sentuh", *words.split()], cwd=ROOT, check=False, timeout=120
    )

    assert done.returncode == 0


def test_alone_it_shows_its_help_and_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    text = capsys.readouterr().out
    assert [panel for panel in PANELS if f"─ {panel} ─" in text] == list(PANELS)
    assert text.index("─ Run ─") < text.index("─ Look ─") < text.index("─ Operate ─")
    words = " ".join(text.split())
    assert "0 fine, 1 found something" in words
    assert "2 wrong use or setting" in words
    assert " letters " not in text


def test_it_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"sentuh {VERSION}\n"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("audit --kafak h:1", "No such option: --kafak (Possible options: --kafka)"),
        ("audti", "No such command 'audti'. Did you mean 'audit'?"),
        ("topics", "Missing command"),
        ("trace --id 7", "Missing option '--source'"),
        ("audit --port high", "Invalid value for '--port': Input should be a valid integer"),
        ("dead-letters --service foo", "'foo' is none of intake, router, qa, payout"),
        ("dead-letters resend", "'resend' is not one of 'replay'"),
        ("redis empty foo", "'foo' is none of intake, router, qa, payout"),
        ("topics acls --script --apply", "do not go together: give one of them"),
    ],
)
def test_wrong_use_is_2_and_one_line_with_the_fix(words: str, line: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sentuh", *words.split()],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.stdout == ""
    assert done.returncode == 2
    assert done.stderr.startswith("sentuh: ")
    assert done.stderr.count("\n") == 1
    assert line in done.stderr
    assert "`sentuh" in done.stderr or ": give " in done.stderr


def test_the_old_name_of_dead_letters_does_the_same_with_a_note(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["letters", "replay", "--kafka", "127.0.0.1:1"]) == 2
    note, error = capsys.readouterr().err.splitlines()
    assert note == "sentuh: `letters` is now called `dead-letters`"
    assert error.startswith("sentuh: dead-letters replay: say which: ")


@pytest.mark.parametrize(
    "words",
    [
        "dead-letters --service qa replay --yes",
        "dead-letters replay --service qa --yes",
        "letters --service qa --yes replay",
    ],
)
def test_options_stand_before_or_behind_replay(words: str) -> None:
    _, options = parsed(words.split())

    assert options["action"] == "replay"
    assert options["service"] == ["qa"]
    assert options["yes"] is True


def test_a_shell_completes_commands_and_closed_sets() -> None:
    completed = subprocess.run(
        [sys.executable, "-c", "from sentuh.__main__ import main; main()"],
        env={
            "_SENTUH_COMPLETE": "complete_bash",
            "COMP_WORDS": "sentuh dead-letters --service r",
            "COMP_CWORD": "3",
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert completed.stdout.split() == ["router"]
