"""Redis beside the journals of verdicts and earnings, while services may be at work."""

from collections.abc import Iterable, Mapping

from sentuh.audit.kept import Journals, closed, read_kept, redis_agrees
from sentuh.audit.report import Violation
from sentuh.history.collect import History, collect
from sentuh.history.topic_reader import read
from shared.connect.access import KafkaAccess, RedisAccess
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import EARNINGS, VERDICTS

JOURNALS = (VERDICTS, EARNINGS)


async def compare(
    where: KafkaAccess | str,
    redis: RedisAccess | str,
    before: History,
    records: Iterable[Record],
    there: Mapping[str, int],
) -> tuple[Violation, ...]:
    """What Redis holds otherwise than the journals say; `records` were read of them before, and
    `there` is how many partitions each topic has.

    They are read on until before and until after Redis is: what they tell in between may be held
    or not. What is held and not told yet is in outcomes that nobody has settled.
    """
    names = before.names
    topics = {names.of(row) for row in JOURNALS}
    told = [record for record in records if record.topic in topics]
    ends = {TopicPartition(topic, at): 0 for topic in topics for at in range(there[topic])}
    told += await _read_on(where, told, ends)
    known = dict(ends)
    kept = await read_kept(redis)
    told += await _read_on(where, told, ends)
    said, untold = collect(told, names, None, before.cut), collect(kept.untold, names, None)
    if not_whole := await closed(redis, said):
        why = "state is not whole: it is made anew, or will be once the service is started"
        return tuple(Violation(slot, why, open=True) for slot in not_whole)
    return tuple(redis_agrees(Journals(said, known, untold), kept))


async def _read_on(
    where: KafkaAccess | str, told: Iterable[Record], ends: dict[TopicPartition, int]
) -> list[Record]:
    """What has come since; `ends` are moved on."""
    ends |= {record.place: record.offset + 1 for record in told}
    later = await read(where, list(ends), after=ends)
    ends |= {record.place: record.offset + 1 for record in later}
    return later
