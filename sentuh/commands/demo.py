"""The command `sentuh demo`; its options live with it in sentuh/demo/."""

import argparse
from importlib import import_module
from typing import Any

from shared.contracts.errors import SettingError

EXTRAS = "demo,embedded"


def add_parser(commands: Any) -> None:
    """Add the command; without its packages it is there all the same and says what is missing."""
    try:
        command = import_module("sentuh.demo.command")
    except ModuleNotFoundError as missing:
        _add_stub(commands, missing.name or "a module")
    else:
        command.add_parser(commands)


def _add_stub(commands: Any, missing: str) -> None:
    def refuse(_: argparse.Namespace) -> int:
        raise SettingError(
            f"the demo needs {missing}, which is not installed: pip install 'sentuh[{EXTRAS}]',"
            " or run it by `make demo`"
        )

    stub = commands.add_parser("demo", help="the whole flow on this machine (needs more packages)")
    stub.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    stub.set_defaults(run=refuse)
