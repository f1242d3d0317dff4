"""The command `sentuh dead-letters [replay]`: what was refused and why, and sending it again."""

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sentuh.commands.dead_letter_choice import SHOWN, ChoiceOptions
from sentuh.commands.options import LOOK, command, flag
from shared.contracts.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentuh.dead_letters import Choice, Going, ReplayPlan
    from sentuh.history.collect import DeadLetter

LISTING, REPLAYING = "Without replay", "With replay"
EXAMPLE = "sentuh dead-letters --kafka localhost:9092 --since 2h"
DETAILS = """\
`replay` puts what was refused back on the topic it came from, with key, value and headers as they \
were, and to the partition it came from: its sender chose that, and not every client places a key \
as ours do. First correct what it was refused for, or the same dead letter comes again. It runs as \
the Kafka user who may write that topic (SENTUH_KAFKA_USER or _CERTIFICATE_FILE): the publisher \
for model-outputs, worker apps for responses, a service's own principal for an internal topic. \
Where that one may not read dead letters, save them as an operator and name the file:
  sentuh dead-letters --service qa --reason bug --json --show > bugs.jsonl
  sentuh dead-letters replay --from bugs.jsonl --yes

Twice does no harm: services know an output by its source and id, an answer by its bytes, an event \
by its id. What has no such name stays, and what was refused longer ago than its topic is kept (7 \
days), as it may have been mended and ended since, and forgotten: unless --again is given. An \
answer that comes again comes at its new time: it is counted only if its offer still runs, and \
paid if that ended less than 14 days ago."""

app = typer.Typer()


@dataclass(frozen=True, kw_only=True)
class DeadLettersOptions(ChoiceOptions):
    """The argument and all options of `sentuh dead-letters`."""

    action: Annotated[
        Literal["replay"] | None,
        typer.Argument(metavar="replay", help="Send them again: see below."),
    ] = None
    json: Annotated[bool, flag("--json", "Print one JSON object a line instead of a table.")] = (
        False
    )
    counts: Annotated[bool, flag("--counts", "Print only how many, and of what.", LISTING)] = False
    show: Annotated[
        bool,
        flag(
            "--show",
            "Also what was refused: key, headers, value, which may hold personal data.",
            LISTING,
        ),
    ] = False
    yes: Annotated[
        bool, flag("--yes", "Publish; without it only show what would be published.", REPLAYING)
    ] = False
    again: Annotated[
        bool,
        flag(
            "--again",
            "Also what has no id of its own, or may be older than what holds now.",
            REPLAYING,
        ),
    ] = False
    file: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Dead letters saved by --json --show.",
            rich_help_panel=REPLAYING,
        ),
    ] = None


@command(app, "dead-letters", panel=LOOK, example=EXAMPLE, details=DETAILS)
def run(options: DeadLettersOptions) -> int:
    """Show dead letters, the newest last: what was refused and why; or send it again.

    Of the payload nothing is shown without --show. Options may stand before or behind `replay`.
    Exit code 1 if a dead letter is not to be sent again.
    """
    _check(options)
    return _replay(options) if options.action else _list(options)


@command(app, "letters", example="sentuh letters --kafka localhost:9092", hidden=True)
def run_by_the_old_name(options: DeadLettersOptions) -> int:
    """Do what `sentuh dead-letters` does, under the name it had before."""
    print("sentuh: `letters` is now called `dead-letters`", file=sys.stderr)
    return run(options)


def _check(options: DeadLettersOptions) -> None:
    """Raise SettingError for options that do not go together."""
    if (options.source is None) != (options.id is None):
        raise SettingError("--source and --id name an output together: give both")
    if options.limit is not None and options.limit < 1:
        raise SettingError(f"--limit {options.limit}: give 1 or more")
    listing = [name for name in ("counts", "show") if getattr(options, name)]
    sending = [name for name in ("yes", "again") if getattr(options, name)]
    sending += ["from"] if options.file else []
    if options.action and listing:
        raise SettingError(f"--{listing[0]} is not for replay: leave it out")
    if sending and not options.action:
        raise SettingError(f"--{sending[0]} is for `sentuh dead-letters replay`: add replay")


def _list(options: DeadLettersOptions) -> int:
    """Print the dead letters that are meant, or how many there are."""
    from sentuh.dead_letters import as_json, read_dead_letters, show, show_counts

    choice = options.choice()
    dead_letters = asyncio.run(read_dead_letters(options.access, options.names, choice))
    chosen = choice.newest(dead_letters)
    if options.counts:
        _print_counts(chosen, as_json=options.json)
    elif options.json:
        for dead_letter in chosen:
            print(as_json(dead_letter, payload=options.show))
    else:
        shown = chosen if choice.limit else dead_letters[-SHOWN:]
        show(shown, left_out=len(dead_letters) - len(shown), payload=options.show)
        show_counts(dead_letters)
    return 0


def _print_counts(dead_letters: "Sequence[DeadLetter]", *, as_json: bool) -> None:
    from sentuh.dead_letters import counts_of, show_counts

    if not as_json:
        show_counts(dead_letters)
        return
    for service, reason, count in counts_of(dead_letters):
        print(json.dumps({"service": service, "reason": reason, "letters": count}))


def _replay(options: DeadLettersOptions) -> int:
    """Print what would be published again and what stays, and publish it if --yes is given."""
    choice = options.choice()
    if not (choice.says_which or options.file):
        raise SettingError(
            "dead-letters replay: say which: --dl-id, --service, --reason, --source with --id, or"
            " --from"
        )
    plan = asyncio.run(_plan(options, choice))
    if options.json:
        _replay_as_json(options, plan)
    elif not (plan.going or plan.staying):
        print("No such dead letters: nothing is to be sent again.")
    else:
        _replay_as_table(options, plan)
    return int(bool(plan.staying))


def _replay_as_table(options: DeadLettersOptions, plan: "ReplayPlan") -> None:
    from sentuh.dead_letters import show_plan, show_published

    show_plan(plan)
    copies = f" {plan.copies} dead letters more are about the same." if plan.copies else ""
    print(f"{len(plan.going)} to be published again, {len(plan.staying)} stay.{copies}")
    if plan.going and not options.yes:
        print("Nothing is published yet: add --yes.")
    if not (plan.going and options.yes):
        return
    published: list[Going] = []
    try:
        _publish(options, plan, published)
    finally:
        show_published(published)


def _replay_as_json(options: DeadLettersOptions, plan: "ReplayPlan") -> None:
    """Print an object for each dead letter, those of a publication that broke off too."""
    from sentuh.dead_letters import plan_as_json

    published: list[Going] = []
    try:
        if options.yes:
            _publish(options, plan, published)
    finally:
        for line in plan_as_json(plan, published):
            print(line)


async def _plan(options: DeadLettersOptions, choice: "Choice") -> "ReplayPlan":
    """Plan against the broker as it stands; SettingError where we may not write a topic."""
    from sentuh.broker.topics import granted
    from sentuh.dead_letters import (
        dead_letters_in,
        plan,
        read_dead_letters,
        read_saved,
        rights_to_replay,
    )

    access, names = options.access, options.names
    if options.file:
        saved = filter(choice.takes, read_saved(options.file, names))
        dead_letters = dead_letters_in(saved, names)
    else:
        dead_letters = await read_dead_letters(access, names, choice)
    chosen = choice.newest(dead_letters)
    rights = rights_to_replay(chosen, names)
    partitions = await granted(access, rights) if rights else {}
    return plan(chosen, names, partitions, now=datetime.now(UTC), again=options.again)


def _publish(options: DeadLettersOptions, plan: "ReplayPlan", published: "list[Going]") -> None:
    """Publish what goes and add each to `published`; a terminal on stderr sees the progress."""
    from rich.console import Console
    from rich.progress import Progress

    from sentuh.broker.connection import is_idempotent
    from sentuh.dead_letters import publish

    aside = Console(stderr=True)
    with Progress(console=aside, disable=not aside.is_terminal) as progress:
        task = progress.add_task("publishing", total=len(plan.going))

        def note(going: "Going") -> None:
            published.append(going)
            progress.advance(task)

        asyncio.run(
            publish(
                options.access,
                plan.going,
                idempotent=is_idempotent(options.kafka),
                note=note,
            )
        )
