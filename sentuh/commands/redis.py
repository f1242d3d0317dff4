"""The command `sentuh redis users`: the Redis user of each service, with the least it needs."""

import argparse
from typing import Any


def add_parser(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("redis", help="who may do what in Redis")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    users = actions.add_parser("users", help="one ACL line for each service and the auditor")
    users.set_defaults(run=run_users)


def run_users(_: argparse.Namespace) -> int:
    """Print what redis-cli takes; PASSWORD is to be put in."""
    from sentuh.redis_users import USERS, rules

    for user in USERS:
        print(f"ACL SETUSER {user} on '>PASSWORD' {rules(user)}")
    return 0
