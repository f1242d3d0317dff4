"""Plans a replay: for each dead letter the refused record as it was, or why it stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sentuh.history.collect import DeadLetter
from sentuh.history.output_refs import ref_of
from shared.contracts.envelope import check_transport
from shared.contracts.errors import Reason, Refused
from shared.contracts.partitions import placed
from shared.contracts.record import Record, TopicPartition
from shared.contracts.rights import Right
from shared.contracts.topics import MODEL_OUTPUTS, Names, Topic

FOREIGN = "dl_topic names no topic that this service reads: look at who wrote it"


@dataclass(frozen=True, slots=True)
class Going:
    """A dead letter whose refused record is published again, and the partition it goes to."""

    dead_letter: DeadLetter
    record: Record
    place: TopicPartition


@dataclass(frozen=True, slots=True)
class Staying:
    """A dead letter that is not sent again, and why."""

    dead_letter: DeadLetter
    why: str


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """The records that go, in their first order within each partition, and those that stay.

    `copies` counts further dead letters about a record that goes, refused more than once.
    """

    going: Sequence[Going]
    staying: Sequence[Staying]
    copies: int = 0


def plan(
    dead_letters: Sequence[DeadLetter],
    names: Names,
    partition_counts: Mapping[str, int],
    *,
    now: datetime,
    again: bool,
) -> ReplayPlan:
    """Plan the replay of dead letters; `partition_counts` are by the topics' names on the broker.

    With `again`, records that may count twice go too.
    Example: a dead letter about a topic its service does not read stays, with that reason.
    """
    going: list[Going] = []
    staying: list[Staying] = []
    identities: set[object] = set()
    copies = 0
    for dead_letter in dead_letters:
        row = _row(dead_letter, names)
        if row is None:
            staying.append(Staying(dead_letter, FOREIGN))
            continue
        record = _record(dead_letter, names.of(row))
        why = _against(record, row)
        if not (why or again):
            why = _may_count_twice(dead_letter, record, row, now)
        identity = None if why else _identity(record, row)
        count = partition_counts.get(record.topic, 0)
        if identity and identity in identities:
            copies += 1
        elif why or not count:
            staying.append(Staying(dead_letter, why or f"the topic {record.topic} is not there"))
        else:
            going.append(
                Going(dead_letter, record, TopicPartition(record.topic, _partition(record, count)))
            )
            identities.add(identity)
    going.sort(key=lambda one: (one.record.topic, one.record.partition, one.record.offset))
    return ReplayPlan(going, staying, copies)


def _identity(record: Record, row: Topic) -> object:
    """Return what tells a record from others at any position; None if only its position does."""
    if row == MODEL_OUTPUTS and ref_of(record) is None:
        return None
    return record.topic, record.key, record.value, record.headers


def rights_to_replay(dead_letters: Sequence[DeadLetter], names: Names) -> list[Right]:
    """Return the rights that sending these dead letters again needs: to write their topics."""
    rows = {row for dead_letter in dead_letters if (row := _row(dead_letter, names))}
    return sorted(
        Right(row.owner.replace(" ", "-"), "topic", names.of(row), "Write") for row in rows
    )


def _row(dead_letter: DeadLetter, names: Names) -> Topic | None:
    """Return the row of the topic a dead letter came from; None if its service does not read it."""
    try:
        row = names.row(dead_letter.record.header("dl_topic") or "")
    except KeyError:
        return None
    same = names.of(row) == dead_letter.record.header("dl_topic")
    return row if same and dead_letter.service in row.readers else None


def _against(record: Record, row: Topic) -> str:
    """Return why a record stays in any case; empty if nothing speaks against it."""
    try:
        check_transport(record, row)
    except Refused as refused:
        return f"it would be refused again: {refused.detail}"
    return ""


def _may_count_twice(dead_letter: DeadLetter, record: Record, row: Topic, now: datetime) -> str:
    """Return why a dead letter stays unless --again is given; empty if it goes."""
    age = now - dead_letter.record.appended_at
    if row.border and row.kept_seconds and age > timedelta(seconds=row.kept_seconds):
        return (
            f"it was refused {age.days} days ago: if it was mended and sent under its id since,"
            " that may be forgotten, and it would be judged and paid anew; add --again if not"
        )
    if dead_letter.reason == Reason.ID_REUSE:
        return (
            "its id was used before with other content, which stands: send it as a new id; with"
            " --again it may be taken for new once that is forgotten"
        )
    if row == MODEL_OUTPUTS and ref_of(record) is None:
        return (
            "it has no source and id of its own, so its place names it: each time it is sent it is"
            " another output, judged and paid anew; add --again if it was not sent again yet"
        )
    if row.compacted:
        return (
            f"the last record of a {row.key} stands, and this may be older than what was said"
            " since: let its sender publish what holds now, or add --again"
        )
    return ""


def _record(dead_letter: DeadLetter, topic: str) -> Record:
    """Return the refused record at its old position, without the headers of the dead letter."""
    kept = dead_letter.record
    headers = tuple(pair for pair in kept.headers if not pair[0].startswith("dl_"))
    return Record(topic, *dead_letter.spot[1:], kept.key, kept.value, headers, kept.timestamp_ms)


def _partition(record: Record, count: int) -> int:
    """Return the partition the record came from, if the topic still has it, else that of its key.

    The sender chose that partition, perhaps by another hash than ours: published there, the record
    stays behind the records of its key that were sent before. Example: partition 2 of 6 stays 2.
    """
    if 0 <= record.partition < count:
        return record.partition
    return placed(record.key, count) if record.key is not None else 0
