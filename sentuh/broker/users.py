"""The Redis user of each service and of the auditor, with the least it needs, as ACL rules."""

from shared.contracts.topics import SERVICES

AUDITOR = "auditor"
USERS = (*SERVICES, AUDITOR)
IN_FUNCTIONS = (
    *("time", "get", "set", "del", "exists", "expireat", "expiretime", "pexpire"),
    *("hexists", "hget", "hmget", "hgetall", "hset", "hdel", "hincrby"),
    *("sadd", "srem", "smembers", "zadd", "zrem", "zrange", "zcard"),
)
"""What the function library calls: a function may no more than the user who calls it."""
BESIDE = ("fcall", "function|list", "function|load", "scan", "hsetnx")
OF_ANYBODY = ("ping", "client|setname", "cluster|slots", "command")
"""The last two are asked by clients of a cluster only."""
READING = ("scan", "hget")


def rules(user: str) -> str:
    """The rules of one user, without its password: a service sees its own keys and no others."""
    if user == AUDITOR:
        return _rules("~{payout* ~{qa*", (*READING, *OF_ANYBODY))
    return _rules(f"~{{{user}}}* ~{{{user}:*", (*BESIDE, *IN_FUNCTIONS, *OF_ANYBODY))


def _rules(keys: str, commands: tuple[str, ...]) -> str:
    allowed = " ".join(f"+{command}" for command in commands)
    return f"resetkeys {keys} resetchannels -@all {allowed}"
