"""Audit: what must always hold, checked over the topics by plain code of its own.

It imports the contracts and no service: what it recomputes, it computes by a second implementation.
The same functions serve `sentuh audit`, the demo, the fault runs and the simulation.
"""

from collections.abc import Iterable

from sentuh.audit.invariants import judge
from sentuh.audit.report import Finding, Report, Violation
from sentuh.audit.table import show
from sentuh.history.collect import History, Sent, collect, read_sent
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
    """Read every topic from its beginning to its high-water marks and judge what is there.

    `sent` is what the publisher says it sent; without it the records of the outputs' topic stand
    for it. `redis` is compared with what the journals say. With `allow_open` nothing is broken by
    not being finished yet. Raises SettingError where a broker, topic or server cannot be reached.
    """
    from sentuh.history.topic_reader import cut, present, read_all

    there = await present(where, names)
    records = await read_all(where, names, there)
    history = collect(records, names, sent, await cut(where, names, there))
    held = None
    if redis:
        from sentuh.audit.beside import compare

        held = await compare(where, redis, history, records, there)
    return judge(history, held=held, allow_open=allow_open)


def audit_records(
    records: Iterable[Record],
    names: Names | None = None,
    *,
    sent: Iterable[Sent] | None = None,
    allow_open: bool = False,
) -> Report:
    """Judge records at hand, in any order between partitions, in order within each."""
    history = collect(records, names or Names(), sent)
    return judge(history, held=None, allow_open=allow_open)
