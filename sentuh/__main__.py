"""The command line: `sentuh COMMAND`, also as `python -m sentuh COMMAND`."""

import argparse
import os
import sys
from collections.abc import Sequence

from sentuh.commands import (
    asyncapi,
    audit,
    catalog,
    dashboards,
    demo,
    letters,
    metrics,
    redis,
    schemas,
    topics,
    trace,
)
from sentuh.embedded.child import StackError
from shared.contracts.errors import SentuhError

DONE, MISUSED, INTERRUPTED = 0, 2, 130
"""Exit codes; a command that found something wrong returns 1, and 2 is what its user can mend."""


def parser() -> argparse.ArgumentParser:
    """Every command with its options; what a command needs is imported when it runs."""
    top = argparse.ArgumentParser(
        prog="sentuh",
        description="Gives every model output the human touch it needs, and no more.",
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    known = (
        demo, topics, redis, catalog, schemas, asyncapi, audit, trace, letters,
        metrics, dashboards,
    )  # fmt: skip
    for command in known:
        command.add_parser(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (SentuhError, StackError) as failure:
        print(f"sentuh: {failure}", file=sys.stderr)
        return MISUSED
    except BrokenPipeError:  # whoever read us, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
