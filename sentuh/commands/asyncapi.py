"""The command `sentuh asyncapi`: one document of all topics, messages, and who sends them."""

import argparse
import json
from pathlib import Path
from typing import Any

from shared.contracts.errors import SettingError


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("asyncapi", help="AsyncAPI 3 of all topics and messages, as JSON")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write it here, instead of printing it"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Print the document, or write it; equal contracts give equal bytes."""
    from sentuh.published.asyncapi import document

    text = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if given.out is None:
        print(text, end="")
        return 0
    try:
        given.out.write_text(text, encoding="utf-8")
    except OSError as error:
        fix = "name a file in a directory you may write to"
        raise SettingError(f"--out {given.out}: {error.strerror}: {fix}") from error
    print(f"{given.out}")
    return 0
