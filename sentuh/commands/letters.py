"""The command `sentuh letters [replay]`: what was refused and why, and sending it again."""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentuh.commands import options
from shared.contracts.errors import Reason, SettingError
from shared.contracts.topics import SERVICES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentuh.dead_letters import Choice, ReplayPlan
    from sentuh.history.collect import DeadLetter

SHOWN = 100
REPLAY = """\
`replay` puts what was refused back on the topic it came from, with key, value and headers as they
were, and to the partition it came from: its sender chose that, and not every client places a key
as ours do. First correct what it was refused for, or the same letter comes again. It runs as the
Kafka user who may write that topic (SENTUH_KAFKA_USER or _CERTIFICATE_FILE): the publisher for
model-outputs, worker apps for responses, a service's own principal for an internal topic. Where
that one may not read dead letters, save them as an operator and name the file:
  sentuh letters --service qa --reason bug --json --show > bugs.jsonl
  sentuh letters replay --from bugs.jsonl --yes
Twice does no harm: services know an output by its source and id, an answer by its bytes, an event
by its id. What has no such name stays, and what was refused longer ago than its topic is kept (7
days), as it may have been mended and ended since, and forgotten: unless --again is given. An answer
that comes again comes at its new time: it is counted only if its offer still runs, and paid if that
ended less than 14 days ago.
"""


def add_parser(commands: Any) -> None:
    """Add the command; its options may stand before `replay` or behind it."""
    parser = commands.add_parser(
        "letters",
        help="dead letters: what was refused and why; `letters replay` sends it again",
        description="Dead letters, the newest last; of the payload nothing without --show.",
        epilog=REPLAY,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "action", nargs="?", choices=["replay"], metavar="replay", help="send them again, see below"
    )
    options.add_broker(parser)
    _add_choice(parser)
    shown = parser.add_argument_group("without replay")
    shown.add_argument("--json", action="store_true", help="print a JSON object a line")
    shown.add_argument("--counts", action="store_true", help="print only how many, and of what")
    shown.add_argument(
        "--show",
        action="store_true",
        help="also what was refused: key, headers, value, which may hold personal data",
    )
    again = parser.add_argument_group("with replay")
    again.add_argument("--yes", action="store_true", help="publish, do not only show what would be")
    again.add_argument(
        "--again",
        action="store_true",
        help="also what has no id of its own, or may be older than what holds now",
    )
    again.add_argument(
        "--from", dest="file", type=Path, metavar="FILE", help="letters saved by --json --show"
    )
    parser.set_defaults(run=run)


def _add_choice(parser: argparse.ArgumentParser) -> None:
    which = parser.add_argument_group("which", "several of one option: any of them")
    which.add_argument(
        "--service", action="append", choices=SERVICES, metavar="S", help=", ".join(SERVICES)
    )
    which.add_argument(
        "--reason",
        action="append",
        choices=[reason.value for reason in Reason],
        metavar="R",
        help="dl_reason, such as unknown_task_type, bug, crash_loop",
    )
    which.add_argument("--dl-id", action="append", metavar="D", help="the letter's own id")
    which.add_argument("--source", metavar="S", help="of one output, with --id")
    which.add_argument("--id", metavar="I", help="its id within that source")
    which.add_argument("--since", metavar="T", help="not older than 2h, 3d, or a time (RFC 3339)")
    which.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help=f"only the newest N (default: {SHOWN} shown, all replayed)",
    )


def run(given: argparse.Namespace) -> int:
    """Show letters, or send them again."""
    _check(given)
    return _replay(given) if given.action else _show(given)


def _check(given: argparse.Namespace) -> None:
    """SettingError for options that do not go together."""
    if (given.source is None) != (given.id is None):
        raise SettingError("--source and --id name an output together: give both")
    if given.limit is not None and given.limit < 1:
        raise SettingError(f"--limit {given.limit}: give 1 or more")
    listing = [name for name in ("json", "counts", "show") if getattr(given, name)]
    sending = [name for name in ("yes", "again") if getattr(given, name)]
    sending += ["from"] if given.file else []
    if given.action and listing:
        raise SettingError(f"--{listing[0]} is not for replay: leave it out")
    if sending and not given.action:
        raise SettingError(f"--{sending[0]} is for `sentuh letters replay`: add replay")


def _choice(given: argparse.Namespace) -> "Choice":
    from sentuh.dead_letters import Choice, since

    return Choice(
        frozenset(given.service or ()),
        frozenset(given.reason or ()),
        frozenset(given.dl_id or ()),
        (given.source, given.id) if given.source is not None else None,
        since(given.since, datetime.now(UTC)) if given.since else None,
        limit=given.limit,
    )


def _show(given: argparse.Namespace) -> int:
    from sentuh.dead_letters import as_json, read_letters, show, show_counts

    choice = _choice(given)
    found = asyncio.run(read_letters(options.broker(given), options.names(given), choice))
    shown = choice.newest(found) if choice.limit or given.json else found[-SHOWN:]
    if given.counts:
        _counts(choice.newest(found), as_json=given.json)
    elif given.json:
        for letter in shown:
            print(as_json(letter, payload=given.show))
    else:
        show(shown, left_out=len(found) - len(shown), payload=given.show)
        show_counts(found)
    return 0


def _counts(letters: "Sequence[DeadLetter]", *, as_json: bool) -> None:
    import json

    from sentuh.dead_letters import counts_of, show_counts

    if not as_json:
        show_counts(letters)
        return
    for service, reason, count in counts_of(letters):
        print(json.dumps({"service": service, "reason": reason, "letters": count}))


def _replay(given: argparse.Namespace) -> int:
    from sentuh.dead_letters import show_plan

    choice = _choice(given)
    if not (choice.says_which or given.file):
        raise SettingError(
            "letters replay: say which: --dl-id, --service, --reason, --source with --id, or --from"
        )
    plan = asyncio.run(_planned(given, choice))
    if not (plan.going or plan.staying):
        print("No such dead letters: nothing is to be sent again.")
        return 0
    show_plan(plan)
    copies = f" {plan.copies} letters more are about the same." if plan.copies else ""
    print(f"{len(plan.going)} to be published again, {len(plan.staying)} stay.{copies}")
    if plan.going and given.yes:
        _publish(given, plan)
    elif plan.going:
        print("Nothing is published yet: add --yes.")
    return int(bool(plan.staying))


async def _planned(given: argparse.Namespace, choice: "Choice") -> "ReplayPlan":
    """What is to be done, as the broker stands; SettingError where we may not write it."""
    from sentuh.broker.topics import granted
    from sentuh.dead_letters import letters_of, plan, read_letters, read_saved, wanted

    broker, names = options.broker(given), options.names(given)
    if given.file:
        found = letters_of(filter(choice.takes, read_saved(given.file, names)), names)
    else:
        found = await read_letters(broker, names, choice)
    letters = choice.newest(found)
    rights = wanted(letters, names)
    there = await granted(broker, rights) if rights else {}
    return plan(letters, names, there, now=datetime.now(UTC), again=given.again)


def _publish(given: argparse.Namespace, plan: "ReplayPlan") -> None:
    from rich.console import Console
    from rich.progress import Progress

    from sentuh.dead_letters import Going, publish, show_published

    done: list[Going] = []
    aside = Console(stderr=True)
    with Progress(console=aside, disable=not aside.is_terminal) as progress:
        task = progress.add_task("publishing", total=len(plan.going))

        def told(one: Going) -> None:
            done.append(one)
            progress.advance(task)

        sending = publish(
            options.broker(given), plan.going, idempotent=options.idempotent(given), done=told
        )
        try:
            asyncio.run(sending)
        finally:
            show_published(done)
