"""The options of `sentuh dead-letters` that say which dead letters are meant."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sentuh.commands.options import BrokerOptions, one_of
from shared.contracts.errors import Reason
from shared.contracts.topics import SERVICES

if TYPE_CHECKING:
    from sentuh.dead_letters import Choice

SHOWN = 100
"""How many dead letters a table shows without --limit."""
WHICH = "Which (several of one option: any of them)"


@dataclass(frozen=True, kw_only=True)
class ChoiceOptions(BrokerOptions):
    """The options that say which dead letters are meant."""

    service: Annotated[
        list[str] | None,
        typer.Option(
            metavar="S", help=", ".join(SERVICES), rich_help_panel=WHICH, **one_of(SERVICES)
        ),
    ] = None
    reason: Annotated[
        list[str] | None,
        typer.Option(
            metavar="R",
            help="The header dl_reason, such as unknown_task_type, bug, crash_loop.",
            rich_help_panel=WHICH,
            **one_of([reason.value for reason in Reason]),
        ),
    ] = None
    dl_id: Annotated[
        list[str] | None,
        typer.Option(metavar="D", help="The dead letter's own id.", rich_help_panel=WHICH),
    ] = None
    source: Annotated[
        str | None,
        typer.Option(metavar="S", help="Source of one output; with --id.", rich_help_panel=WHICH),
    ] = None
    id: Annotated[
        str | None,
        typer.Option(metavar="I", help="The output's id within its source.", rich_help_panel=WHICH),
    ] = None
    since: Annotated[
        str | None,
        typer.Option(
            metavar="T",
            help="Not older than 2h, 3d, or a time (RFC 3339).",
            rich_help_panel=WHICH,
        ),
    ] = None
    limit: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help=f"Only the newest N; without it {SHOWN} are shown, and all replayed.",
            rich_help_panel=WHICH,
        ),
    ] = None

    def choice(self) -> "Choice":
        """Return the choice these options describe; SettingError for a --since that is no time."""
        from sentuh.dead_letters import Choice, since

        return Choice(
            frozenset(self.service or ()),
            frozenset(self.reason or ()),
            frozenset(self.dl_id or ()),
            (self.source, self.id) if self.source is not None and self.id is not None else None,
            since(self.since, datetime.now(UTC)) if self.since else None,
            limit=self.limit,
        )
