"""The command line: `sentuh COMMAND`, also as `python -m sentuh COMMAND`."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.core import TyperGroup
from typer.main import get_command

from sentuh.commands import (
    asyncapi,
    audit,
    catalog,
    check,
    dashboards,
    dead_letters,
    demo,
    explain,
    golds,
    metrics,
    redis,
    schemas,
    topics,
    trace,
)
from sentuh.embedded.child import StackError
from shared import VERSION
from shared.contracts.errors import SentuhError

FINE, MISUSED = 0, 2
"""Exit codes; a command that found something returns 1, and typer makes Ctrl-C 130."""
ENDING = """\
Exit codes: 0 fine, 1 found something (a broken invariant, a fault, a drifted topic), 2 wrong use \
or setting: stderr says in one line what to do, 130 interrupted.

Example: sentuh demo --outputs 200 --seed 7"""


app = typer.Typer(invoke_without_command=True, epilog=ENDING)
for commands in (
    demo, audit, trace, explain, dead_letters, topics, redis, catalog, golds,
    check, schemas, asyncapi, metrics, dashboards,
):  # fmt: skip
    # typer 0.29 leaves the panel that an app itself was given out of its group's help.
    app.add_typer(commands.app, rich_help_panel=commands.app.rich_help_panel)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the flag's value
    if wanted:
        print(f"sentuh {VERSION}")
        raise typer.Exit


@app.callback()
def show_help(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001 - its callback has printed it
        bool,
        typer.Option(
            "--version",
            help="Print the version.",
            metavar="",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Give every model output the human touch it needs, and no more."""
    if context.invoked_subcommand is None:
        context.get_help()


def command_line() -> TyperGroup:
    """Return the parser with all commands; `.commands` has them by name."""
    group = get_command(app)
    if not isinstance(group, TyperGroup):
        raise TypeError("an app with a callback is a group")
    return group


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; an error is one line on stderr.

    A reader that closes the pipe, such as `head`, is no error.
    """
    try:
        # Outside its standalone mode typer draws no box around an error and does not exit itself.
        code = command_line().main(arguments, prog_name="sentuh", standalone_mode=False)
        sys.stdout.flush()  # while a closed pipe can still be caught
    except (BrokenPipeError, SystemExit) as ended:
        # rich makes an exit of a closed pipe; any other exit is the command's own.
        if isinstance(ended, SystemExit) and not isinstance(ended.__context__, BrokenPipeError):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except typer.TyperException as wrong_use:
        print(f"sentuh: {_with_hint(wrong_use)}", file=sys.stderr)
        return MISUSED
    except (SentuhError, StackError) as failure:
        print(f"sentuh: {failure}", file=sys.stderr)
        return MISUSED
    return int(code or FINE)


def _with_hint(wrong_use: typer.TyperException) -> str:
    """Return the message of an error in one line, and the command whose help says more."""
    message = " ".join(wrong_use.format_message().split()).replace("Value error, ", "")
    context = getattr(wrong_use, "ctx", None)
    path = context.command_path if context else "sentuh"
    return f"{message.removesuffix('.')}: see `{path} --help`"


if __name__ == "__main__":
    sys.exit(main())
