"""The command `sentuh asyncapi`: one document of all topics, messages, and who sends them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sentuh.commands.options import PUBLISH, command
from shared.contracts.errors import SettingError

app = typer.Typer()


@dataclass(frozen=True, kw_only=True)
class AsyncapiOptions:
    """The options of `sentuh asyncapi`."""

    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the document here instead of printing it."),
    ] = None


@command(app, "asyncapi", panel=PUBLISH, example="sentuh asyncapi --out asyncapi.json")
def run(options: AsyncapiOptions) -> int:
    """Print the AsyncAPI 3 document of all topics and messages, as JSON.

    Equal contracts give equal bytes.
    """
    from sentuh.published.asyncapi import document

    text = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if options.out is None:
        print(text, end="")
        return 0
    try:
        options.out.write_text(text, encoding="utf-8")
    except OSError as error:
        fix = "name a file in a directory you may write to"
        raise SettingError(f"--out {options.out}: {error.strerror}: {fix}") from error
    print(f"{options.out}")
    return 0
