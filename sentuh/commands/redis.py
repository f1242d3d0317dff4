"""The commands `sentuh redis users|empty|losses`: rights, and what a service keeps in Redis."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

import typer

from sentuh.commands.options import OPERATE, NoOptions, command, flag, one_of
from shared.contracts.topics import SERVICES

app = typer.Typer(
    name="redis",
    help="Print who may do what in Redis, empty a service, or show what it could not read.",
    epilog="Example: sentuh redis users",
    rich_help_panel=OPERATE,
)


ServiceName = Annotated[
    str,
    typer.Argument(metavar="SERVICE", help=f"One of {', '.join(SERVICES)}.", **one_of(SERVICES)),
]


@dataclass(frozen=True, kw_only=True)
class EmptyOptions:
    """The argument of `sentuh redis empty`."""

    service: ServiceName


@dataclass(frozen=True, kw_only=True)
class LossesOptions:
    """The argument and option of `sentuh redis losses`."""

    service: ServiceName
    forget: Annotated[
        bool, flag("--forget", "Forget them after showing them: its alert and the audit end.")
    ] = False


@command(app, "users", example="sentuh redis users")
def run_users(_: NoOptions) -> int:
    """Print one ACL line for each service and the auditor, as redis-cli takes it.

    Put each user's password in place of PASSWORD.
    """
    from sentuh.broker.users import USERS, rules

    for user in USERS:
        print(f"ACL SETUSER {user} on '>PASSWORD' {rules(user)}")
    return 0


@command(app, "empty", example="sentuh redis empty payout")
def run_empty(options: EmptyOptions) -> int:
    """Delete every key of a stopped service.

    Its next start makes its state anew from what its topics still keep: of qa, what workers have
    shown for as long as `verdicts` is kept, 30 days. SENTUH_REDIS_URL says where Redis is,
    SENTUH_REDIS_USER as whom to connect.
    """
    from sentuh.broker.connection import redis_access
    from sentuh.broker.redis_state import empty

    count = asyncio.run(empty(redis_access(), options.service))
    print(f"{count} keys of {options.service} are deleted: start it again.")
    return 0


@command(app, "losses", example="sentuh redis losses intake")
def run_losses(options: LossesOptions) -> int:
    """Show the records that topics lost before a service read them.

    Each is a run of offsets of one partition, for which no record can be read any more.
    """
    from sentuh.broker.connection import redis_access
    from sentuh.broker.redis_state import losses

    lost = asyncio.run(losses(redis_access(), options.service, forget=options.forget))
    for loss in lost:
        where = f"from offset {loss.first} on" if loss.first >= 0 else "at further places"
        print(f"{loss.topic}[{loss.partition}]: {loss.records} records {where}")
    print(f"{sum(loss.records for loss in lost)} records were deleted before they were read.")
    if options.forget:
        print("They are forgotten now.")
    return 0
