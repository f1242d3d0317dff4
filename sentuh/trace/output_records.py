"""Reads the records that can be about one output, from the partitions they can stand in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sentuh.history.output_refs import Ref, own_place, ref_of
from sentuh.history.topic_reader import present, read
from shared.connect.access import KafkaAccess
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentOffered
from shared.contracts.events.model import natural_id
from shared.contracts.partitions import partition_of
from shared.contracts.record import Record, TopicPartition
from shared.contracts.strictjson import parse_object
from shared.contracts.topics import (
    ASSIGNMENTS,
    DEAD_LETTERS,
    EARNINGS,
    MODEL_OUTPUTS,
    TASKS,
    VERDICTS,
    Names,
    Topic,
)

OTHERS_MAX = 10_000


def task_of(ref: Ref) -> str:
    """Return the id of the task that is made of this output, whether or not one was made."""
    return natural_id("output", *ref)


@dataclass(slots=True)
class OutputRecords:
    """The records about an output; `others` are sources and ids of other outputs, to compare."""

    records: list[Record] = field(default_factory=list)
    others: set[Ref] = field(default_factory=set)


async def read_about(where: KafkaAccess | str, names: Names, ref: Ref) -> OutputRecords:
    """Load every record about an output; SettingError if a topic is missing.

    Example: of `tasks` only the partition of the output's task is read, of 6.
    """
    partition_counts = await present(where, names)
    task_id, about = task_of(ref), OutputRecords()

    async def take(rows: Iterable[Topic], keep: Callable[[Record], bool], *keys: str) -> None:
        for row in rows:
            places = _places(names.of(row), partition_counts, keys)
            about.records += await read(where, places, keep)

    await take((MODEL_OUTPUTS,), _about(ref, about.others))
    await take((TASKS, ASSIGNMENTS, VERDICTS), _keyed(task_id), task_id)
    await take(DEAD_LETTERS.values(), dead_letters_about(ref))
    workers = sorted(set(_workers(about.records)))
    if workers:
        await take((EARNINGS,), _mentions(task_id), *workers)
    return about


def dead_letters_about(ref: Ref) -> Callable[[Record], bool]:
    """Return a test of dead letters: is it of this output, or of an event that followed from it?"""
    of_its_task, of_the_output = _keyed(task_of(ref)), _about(ref)
    return lambda record: of_its_task(record) or of_the_output(record)


def _places(
    topic: str, partition_counts: Mapping[str, int], keys: Iterable[str]
) -> list[TopicPartition]:
    """Return the partitions of these keys; without keys all partitions of the topic."""
    count = partition_counts[topic]
    numbers = sorted({partition_of(key, count) for key in keys}) or range(count)
    return [TopicPartition(topic, number) for number in numbers]


def _keyed(task_id: str) -> Callable[[Record], bool]:
    return lambda record: record.key == task_id.encode()


def _mentions(task_id: str) -> Callable[[Record], bool]:
    return lambda record: task_id.encode() in (record.value or b"")


def _about(ref: Ref, others: set[Ref] | None = None) -> Callable[[Record], bool]:
    """Return a test of output records and their dead letters: is it this output's?

    The names of other outputs are added to `others`. Example: _about(("/m", "7"))(record).
    """
    place = own_place(ref)

    def keep(record: Record) -> bool:
        named = ref_of(record)
        if named is None:
            return place is not None and place == output_position(record)
        if others is not None and named != ref and len(others) < OTHERS_MAX:
            others.add(named)
        return named == ref

    return keep


def output_position(record: Record) -> tuple[str, int, int]:
    """Return topic, partition and offset of a record, or of the record a dead letter refused."""
    where = [record.header(name) for name in ("dl_topic", "dl_partition", "dl_offset")]
    topic, partition, offset = (text or "" for text in where)
    if topic and partition.isdecimal() and offset.isdecimal():
        return topic, int(partition), int(offset)
    return record.topic, record.partition, record.offset


def _workers(records: Iterable[Record]) -> Iterable[str]:
    kinds = (AssignmentOffered.TYPE, AssignmentAnswered.TYPE)
    for record in records:
        if record.header("ce_type") in kinds:
            yield str(parse_object(record.value or b"").get("worker_id"))
