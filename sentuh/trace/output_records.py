"""Reads the records that can be about one output, from the partitions they can stand in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sentuh.history.output_refs import Ref, own_place, ref_of
from sentuh.history.topic_reader import present, read
from shared.connect.access import KafkaAccess
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentOffered
from shared.contracts.events.model import natural_id
from shared.contracts.events.second_stage import QA_SOURCE, output_of
from shared.contracts.partitions import partition_of
from shared.contracts.record import Record, TopicPartition
from shared.contracts.strictjson import parse_object
from shared.contracts.topics import (
    ASSIGNMENTS,
    DEAD_LETTERS,
    EARNINGS,
    MODEL_OUTPUTS,
    MODEL_OUTPUTS_QA,
    TASKS,
    VERDICTS,
    Names,
    Topic,
)

OTHERS_MAX = 10_000


def task_of(ref: Ref) -> str:
    """Return the id of the task that is made of this output, whether or not one was made.

    Of qa's own outputs it does not follow from source and id.
    """
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
    about, of_its_task = OutputRecords(), _of_its_task(ref)

    async def found(row: Topic, keep: Callable[[Record], bool], *keys: str) -> list[Record]:
        return await read(where, _places(names.of(row), partition_counts, keys), keep)

    if ref[0] == QA_SOURCE:
        about.records += await found(MODEL_OUTPUTS_QA, _of_its_task(ref, about.others))
        # Tasks are kept longer than outputs.
        task_id = _key_of(about.records or await found(TASKS, of_its_task))
    else:
        about.records += await found(MODEL_OUTPUTS, _about(ref, about.others))
        task_id = task_of(ref)
    for row in (TASKS, ASSIGNMENTS, VERDICTS):
        about.records += await found(row, of_its_task, task_id)
    for row in DEAD_LETTERS.values():
        about.records += await found(row, dead_letters_about(ref))
    workers = sorted(set(_workers(about.records)))
    if workers:
        about.records += await found(EARNINGS, _mentions(task_id), *workers)
    return about


def dead_letters_about(ref: Ref) -> Callable[[Record], bool]:
    """Return a test of dead letters: is it of this output, or of an event that followed from it?"""
    of_its_task, of_the_output = _of_its_task(ref), _about(ref)
    return lambda record: of_its_task(record) or of_the_output(record)


def _places(
    topic: str, partition_counts: Mapping[str, int], keys: Iterable[str]
) -> list[TopicPartition]:
    """Return the partitions of these keys; without keys all partitions of the topic."""
    count = partition_counts[topic]
    numbers = sorted({partition_of(key, count) for key in keys}) or range(count)
    return [TopicPartition(topic, number) for number in numbers]


def _of_its_task(ref: Ref, others: set[Ref] | None = None) -> Callable[[Record], bool]:
    """Return a test of records: are they keyed by the task that is made of this output?

    Of an output of qa's own the task's id ends in the output's, and of a gold it is the output's.
    The names of other such outputs are added to `others`.
    """
    if ref[0] != QA_SOURCE:
        key = task_of(ref).encode()
        return lambda record: record.key == key

    def keep(record: Record) -> bool:
        key = _key_of([record])
        if key == ref[1]:  # a gold's task has the id of its output
            return True
        output = output_of(key)
        if others is not None and output not in (None, ref[1]) and len(others) < OTHERS_MAX:
            others.add((QA_SOURCE, str(output)))
        return output == ref[1]

    return keep


def _key_of(records: Sequence[Record]) -> str:
    """Return the key of the first of these records; "" where there is none."""
    return (records[0].key or b"").decode(errors="replace") if records else ""


def _mentions(task_id: str) -> Callable[[Record], bool]:
    # In quotes: the id of a second task begins with that of its first.
    return lambda record: f'"{task_id}"'.encode() in (record.value or b"")


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
