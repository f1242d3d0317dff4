"""Which records can be about one output, and reading no more partitions than those stand in."""

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
    """The id of the task made of an output, or of the one it would have had."""
    return natural_id("output", *ref)


@dataclass(slots=True)
class OutputRecords:
    """What was read about an output; `others` are other outputs' sources and ids, to compare."""

    records: list[Record] = field(default_factory=list)
    others: set[Ref] = field(default_factory=set)


async def read_about(where: KafkaAccess | str, names: Names, ref: Ref) -> OutputRecords:
    """Every record that is about an output; SettingError where the topics are not there."""
    there = await present(where, names)
    task_id, found = task_of(ref), OutputRecords()

    async def take(rows: Iterable[Topic], keep: Callable[[Record], bool], *keys: str) -> None:
        for row in rows:
            places = _places(names.of(row), there, keys)
            found.records += await read(where, places, keep)

    await take((MODEL_OUTPUTS,), _about(ref, found.others))
    await take((TASKS, ASSIGNMENTS, VERDICTS), _keyed(task_id), task_id)
    await take(DEAD_LETTERS.values(), letters_about(ref))
    workers = sorted(set(_workers(found.records)))
    if workers:
        await take((EARNINGS,), _mentions(task_id), *workers)
    return found


def letters_about(ref: Ref) -> Callable[[Record], bool]:
    """Whether a dead letter is about an output: its own, or of what followed from it."""
    keyed, about = _keyed(task_of(ref)), _about(ref)
    return lambda record: keyed(record) or about(record)


def _places(topic: str, there: Mapping[str, int], keys: Iterable[str]) -> list[TopicPartition]:
    """The partitions of these keys; without any, all there are."""
    count = there[topic]
    numbers = sorted({partition_of(key, count) for key in keys}) or range(count)
    return [TopicPartition(topic, number) for number in numbers]


def _keyed(task_id: str) -> Callable[[Record], bool]:
    return lambda record: record.key == task_id.encode()


def _mentions(task_id: str) -> Callable[[Record], bool]:
    return lambda record: task_id.encode() in (record.value or b"")


def _about(ref: Ref, others: set[Ref] | None = None) -> Callable[[Record], bool]:
    """Whether a record of the outputs' topic, or a dead letter of one, is this output's."""
    place = own_place(ref)

    def keep(record: Record) -> bool:
        named = ref_of(record)
        if named is None:
            return place is not None and place == stood(record)
        if others is not None and named != ref and len(others) < OTHERS_MAX:
            others.add(named)
        return named == ref

    return keep


def stood(record: Record) -> tuple[str, int, int]:
    """Where a record stands, or where stood what a dead letter is about."""
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
