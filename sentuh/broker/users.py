"""ACL rules for the Redis user of each service and of the auditor: the least each needs."""

from shared.contracts.topics import SERVICES
from shared.kafka.losses import lost_key

AUDITOR = "auditor"
USERS = (*SERVICES, AUDITOR)
IN_FUNCTIONS = (
    *("time", "get", "mget", "set", "mset", "del", "exists", "type"),
    *("expireat", "expiretime", "pexpire", "persist"),
    *("hget", "hmget", "hgetall", "hlen", "hset", "hdel", "hincrby"),
    *("sadd", "srem", "smembers", "smismember", "scard"),
    *("zadd", "zrem", "zrange", "zcard", "zmscore"),
)
"""What the function library calls: a function may no more than the user who calls it."""
BESIDE = ("fcall", "function|list", "function|load", "scan", "hsetnx", "info")
OF_ANYBODY = ("ping", "client|setname", "select", "cluster|slots", "command")
"""`select` is sent only where the URL names a database, the last two only for a cluster."""
READING = ("scan", "get", "hget", "hgetall")


def rules(user: str) -> str:
    """Return the rules of one user, without a password: a service may use its own keys only.

    Example: "resetkeys ~{qa}* ~{qa:* resetchannels -@all +fcall ..." for qa.
    """
    if user == AUDITOR:
        keys = " ".join(f"~{lost_key(f'{{{service}}}')}" for service in SERVICES)
        return _rules(f"~{{payout* ~{{qa* {keys}", (*READING, *OF_ANYBODY))
    return _rules(f"~{{{user}}}* ~{{{user}:*", (*BESIDE, *IN_FUNCTIONS, *OF_ANYBODY))


def _rules(keys: str, commands: tuple[str, ...]) -> str:
    allowed = " ".join(f"+{command}" for command in commands)
    return f"resetkeys {keys} resetchannels -@all {allowed}"
