"""The command `sentuh redis users|empty`: who may do what in Redis, and a service's state there."""

import argparse
import asyncio
from typing import Any

from sentuh.commands import options
from shared.contracts.topics import SERVICES


def add_parser(commands: Any) -> None:
    """Add the command and its two actions."""
    parser = commands.add_parser("redis", help="who may do what in Redis; a service's state there")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    users = actions.add_parser("users", help="one ACL line for each service and the auditor")
    users.set_defaults(run=run_users)
    empty = actions.add_parser(
        "empty",
        help="delete every key of a stopped service: its next start makes its state anew from what"
        " its topics still keep (of qa, what workers have shown for as long as `verdicts` is kept:"
        f" 30 days); {options.REDIS} says where, SENTUH_REDIS_USER as whom",
    )
    empty.add_argument("service", choices=SERVICES, metavar="SERVICE", help=", ".join(SERVICES))
    empty.set_defaults(run=run_empty)


def run_users(_: argparse.Namespace) -> int:
    """Print what redis-cli takes; PASSWORD is to be put in."""
    from sentuh.broker.users import USERS, rules

    for user in USERS:
        print(f"ACL SETUSER {user} on '>PASSWORD' {rules(user)}")
    return 0


def run_empty(given: argparse.Namespace) -> int:
    """Delete them, and say how many."""
    from sentuh.broker.redis_state import empty

    count = asyncio.run(empty(options.redis(""), given.service))
    print(f"{count} keys of {given.service} are deleted: start it again.")
    return 0
