"""What sending letters again would publish: the refused record as it was, or why it stays."""

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

FOREIGN = "dl_topic names no topic that this service reads: look at who wrote the letter"


@dataclass(frozen=True, slots=True)
class Going:
    """A letter, and the record it stands for with the partition that record goes to."""

    letter: DeadLetter
    record: Record
    place: TopicPartition


@dataclass(frozen=True, slots=True)
class Staying:
    """A letter that is not sent again, and why."""

    letter: DeadLetter
    why: str


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """What goes, in the order it was first sent in each partition, and what stays; how many more
    letters are about a record that goes, having been refused more than once.
    """

    going: Sequence[Going]
    staying: Sequence[Staying]
    copies: int = 0


def plan(
    letters: Sequence[DeadLetter],
    names: Names,
    there: Mapping[str, int],
    *,
    now: datetime,
    again: bool,
) -> ReplayPlan:
    """What is sent again; `there`: how many partitions each topic has, by its name on the broker.

    With `again` also what may count twice.
    """
    going: list[Going] = []
    staying: list[Staying] = []
    known: set[object] = set()
    copies = 0
    for letter in letters:
        row = _row(letter, names)
        if row is None:
            staying.append(Staying(letter, FOREIGN))
            continue
        record = _record(letter, names.of(row))
        why = _against(record, row)
        if not (why or again):
            why = _may_count_twice(letter, record, row, now)
        same = None if why else _named(record, row)
        count = there.get(record.topic, 0)
        if same and same in known:
            copies += 1
        elif why or not count:
            staying.append(Staying(letter, why or f"the topic {record.topic} is not there"))
        else:
            going.append(
                Going(letter, record, TopicPartition(record.topic, _partition(record, count)))
            )
            known.add(same)
    going.sort(key=lambda one: (one.record.topic, one.record.partition, one.record.offset))
    return ReplayPlan(going, staying, copies)


def _named(record: Record, row: Topic) -> object:
    """What tells a record from others, wherever it stands; None where only its place does."""
    if row == MODEL_OUTPUTS and ref_of(record) is None:
        return None
    return record.topic, record.key, record.value, record.headers


def wanted(letters: Sequence[DeadLetter], names: Names) -> list[Right]:
    """What one must be allowed to send these letters again: to write their topics."""
    rows = {row for letter in letters if (row := _row(letter, names))}
    return sorted(
        Right(row.owner.replace(" ", "-"), "topic", names.of(row), "Write") for row in rows
    )


def _row(letter: DeadLetter, names: Names) -> Topic | None:
    """The row of the topic a letter came from, if its service reads that topic at all."""
    try:
        row = names.row(letter.record.header("dl_topic") or "")
    except KeyError:
        return None
    same = names.of(row) == letter.record.header("dl_topic")
    return row if same and letter.service in row.readers else None


def _against(record: Record, row: Topic) -> str:
    """Why a record stays in any case; empty where nothing is against it."""
    try:
        check_transport(record, row)
    except Refused as refused:
        return f"it would be refused again: {refused.detail}"
    return ""


def _may_count_twice(letter: DeadLetter, record: Record, row: Topic, now: datetime) -> str:
    """Why a letter stays unless --again is given."""
    age = now - letter.record.appended_at
    if row.border and row.kept_seconds and age > timedelta(seconds=row.kept_seconds):
        return (
            f"it was refused {age.days} days ago: if it was mended and sent under its id since,"
            " that may be forgotten, and it would be judged and paid anew; add --again if not"
        )
    if letter.reason == Reason.ID_REUSE:
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


def _record(letter: DeadLetter, topic: str) -> Record:
    """The refused record, where it stood, without what was added to it."""
    said = letter.record
    headers = tuple(pair for pair in said.headers if not pair[0].startswith("dl_"))
    return Record(topic, *letter.spot[1:], said.key, said.value, headers, said.timestamp_ms)


def _partition(record: Record, count: int) -> int:
    """The one it came from, if there still is such a one.

    Its sender chose it, and not all senders place a key as ours do: there it stands behind what it
    stood behind before. Else its key's.
    """
    if 0 <= record.partition < count:
        return record.partition
    return placed(record.key, count) if record.key is not None else 0
