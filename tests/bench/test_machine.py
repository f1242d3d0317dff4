"""An interpreter that is slower than it need be is named, and shown in red."""

import io

import pytest
from rich.console import Console

from bench.sheet import Sheet
from bench.side.interpreter import UNOPTIMISED, built


@pytest.mark.parametrize(
    ("arguments", "prefix", "begins"),
    [
        ("'--enable-optimizations' '--with-lto'", "/usr/local", "with PGO and LTO"),
        ("'--enable-optimizations'", "/usr/local", "with PGO, without LTO"),
        ("'--enable-shared'", "/opt/python", UNOPTIMISED),
        ("'--enable-shared'", "/usr", "by the distribution"),
        (None, "/usr/local", "unknown"),
    ],
)
def test_how_an_interpreter_was_built(arguments: str | None, prefix: str, begins: str) -> None:
    assert built(arguments, prefix).startswith(begins)


def test_what_is_wrong_is_red() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system="standard")
    rows = [["Python built", UNOPTIMISED], ["cores", "2"]]

    Sheet("Measured on", ["what", "which"], rows).print(console)

    shown = console.file.getvalue()  # type: ignore[attr-defined]
    (wrong,) = [line for line in shown.splitlines() if UNOPTIMISED in line]
    (right,) = [line for line in shown.splitlines() if "cores" in line]
    assert "\x1b[31m" in wrong
    assert "\x1b[31m" not in right
