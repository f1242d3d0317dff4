"""Compares the state in Redis with the topics of verdicts and earnings while services run."""

from collections.abc import Iterable, Mapping

from sentuh.audit.kept import Journals, closed_slots, read_kept, redis_agrees
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
    partition_counts: Mapping[str, int],
) -> tuple[Violation, ...]:
    """Return each difference between Redis and the topics of verdicts and earnings.

    `where` and `redis` say where Kafka and Redis are. `records` were read earlier, from these
    topics and others; `before` is the history made from them, of which the topic names and the
    topics with deleted beginnings are used. `partition_counts` maps topic names to numbers of
    partitions.

    Reads the rest of both topics, then Redis, then the topics once more. A record written between
    the two reads of the topics may be in Redis or not, and an effect that Redis holds may not be
    published yet; neither is a difference. If the state in Redis is being rebuilt, the result names
    each such part of it and nothing else. Raises SettingError if Kafka or Redis does not answer.
    Example: an account of 5 by the topic and 4 in Redis is one difference.
    """
    names = before.names
    topics = {names.of(row) for row in JOURNALS}
    journal = [record for record in records if record.topic in topics]
    ends = {
        TopicPartition(topic, at): 0 for topic in topics for at in range(partition_counts[topic])
    }
    # Once before Redis and once after it: with one read only, a record that came meanwhile would be
    # missing on one side and look like lost or invented money.
    journal += await _read_on(where, journal, ends)
    ends_before_redis = dict(ends)
    kept = await read_kept(redis)
    journal += await _read_on(where, journal, ends)
    history = collect(journal, names, None, before.cut)
    unsettled = collect(kept.unsettled, names, None)
    if slots := await closed_slots(redis, history):
        why = "state is not whole: it is made anew, or will be once the service is started"
        return tuple(Violation(slot, why, open=True) for slot in slots)
    return tuple(redis_agrees(Journals(history, ends_before_redis, unsettled), kept))


async def _read_on(
    where: KafkaAccess | str, journal: Iterable[Record], ends: dict[TopicPartition, int]
) -> list[Record]:
    """Return the records that came after those in `journal`, which the caller has read already.

    Reading starts after the last record of `journal`, in a partition without one at the offset in
    `ends`. `ends` is set in place to the offset after the last record of each partition. Example:
    the last record of `journal` is at offset 6, and 7 and 8 are there by now: both are returned,
    and `ends` becomes 9.
    """
    ends |= {record.place: record.offset + 1 for record in journal}
    later = await read(where, list(ends), after=ends)
    ends |= {record.place: record.offset + 1 for record in later}
    return later
