"""Audit: checks over the topics what must always hold, by plain code of its own.

It imports the contracts and no service: verdicts and money are recomputed by a second
implementation.
The same functions serve `sentuh audit`, the demo, the fault runs and the simulation.
"""

from collections.abc import Iterable

from sentuh.audit.invariants import Beside, judge
from sentuh.audit.report import Finding, Report, Violation
from sentuh.audit.table import show
from sentuh.history.collect import History, collect
from sentuh.history.sent import Sent, read_sent
from shared.connect.access import KafkaAccess, RedisAccess
from shared.contracts.record import Record
from shared.contracts.topics import Names

__all__ = [
    "Finding",
    "History",
    "Report",
    "Sent",
    "Violation",
    "audit",
    "audit_records",
    "read_sent",
    "show",
]


async def audit(
    where: KafkaAccess | str,
    names: Names,
    *,
    sent: Iterable[Sent] | None = None,
    redis: RedisAccess | str | None = None,
    allow_open: bool = False,
) -> Report:
    """Read every topic from its beginning to its high-water marks, and check every invariant.

    `sent` is the publisher's list of outputs; without it the records of the outputs' topic stand
    for it. `redis`, if given, is compared with the journals. With `allow_open`, unfinished work
    breaks nothing. SettingError if a broker, topic or server cannot be reached.
    Example: (await audit("k:9092", Names())).broken == (7,).
    """
    from sentuh.history.topic_reader import cut, present, read_all

    partition_counts = await present(where, names)
    records = await read_all(where, names, partition_counts)
    history = collect(records, names, sent, await cut(where, names, partition_counts))
    if not redis:
        return judge(history, beside=None, allow_open=allow_open)
    from sentuh.audit.beside import compare
    from sentuh.audit.unread import read_losses

    held = await compare(where, redis, history, records, partition_counts)
    beside = Beside(held, await read_losses(redis))
    return judge(history, beside=beside, allow_open=allow_open)


def audit_records(
    records: Iterable[Record],
    names: Names | None = None,
    *,
    sent: Iterable[Sent] | None = None,
    allow_open: bool = False,
) -> Report:
    """Check every invariant over records at hand, which are in order within each partition."""
    history = collect(records, names or Names(), sent)
    return judge(history, beside=None, allow_open=allow_open)
