"""Reads what a verdict is explained from: the records of its task, its second stage, its people."""

from collections.abc import Callable, Iterable, Mapping

from sentuh.explain import missing
from sentuh.history.collect import History, collect
from sentuh.history.topic_reader import present, read
from shared.connect.access import KafkaAccess
from shared.contracts.events.second_stage import SecondRequested
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.partitions import partition_of
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import ASSIGNMENTS, RATINGS, TASKS, VERDICTS, Names, Topic

OF_A_TASK = (TASKS, ASSIGNMENTS, VERDICTS)


async def read_history(where: KafkaAccess | str, names: Names, task_id: str) -> History:
    """Load what there is about a task, about the one that decides it, and the people of both.

    SettingError with the likely cause if no record is about it, or if a topic is missing. Only
    partitions that can have such records are read.
    """
    counts = await present(where, names)
    reader = _Reader(where, names, counts)
    records = await reader.of_task(task_id)
    if not records:
        raise missing.unknown(task_id, await reader.task_ids())
    history = collect(records, names, None)
    for second in sorted(_seconds(history)):
        records += await reader.of_task(second)
    history = collect(records, names, None)
    records += await reader.of_keys(RATINGS, rating_keys(history))
    return collect(records, names, None)


def rating_keys(history: History) -> set[str]:
    """Return the keys under which the people of these verdicts have their ratings."""
    return {
        f"{verdict.pool} {verdict.task_type} {vote.worker_id}"
        for verdict in history.verdicts.values()
        for vote in verdict.votes
    }


def _seconds(history: History) -> set[str]:
    asked = {published.event.second_task_id for published in history.of(SecondRequested)}
    reached = (published.event.decided_by for published in history.of(VerdictReached))
    return asked | {by.task_id for by in reached if by is not None}


class _Reader:
    """Reads records by their keys."""

    def __init__(self, where: KafkaAccess | str, names: Names, counts: Mapping[str, int]) -> None:
        self._where = where
        self._names = names
        self._counts = counts

    async def of_task(self, task_id: str) -> list[Record]:
        """Load every record about a task."""
        return [record for row in OF_A_TASK for record in await self.of_keys(row, [task_id])]

    async def of_keys(self, row: Topic, keys: Iterable[str]) -> list[Record]:
        """Load the records of a topic with one of these keys."""
        wanted = {key.encode() for key in keys}
        numbers = {partition_of(key.decode(), self._count(row)) for key in wanted}
        return await self._read(row, numbers, lambda record: record.key in wanted)

    async def task_ids(self) -> set[str]:
        """Load the ids of all tasks that are kept."""
        records = await self._read(TASKS, range(self._count(TASKS)), lambda _: True)
        return {(record.key or b"").decode(errors="replace") for record in records}

    def _count(self, row: Topic) -> int:
        return self._counts[self._names.of(row)]

    async def _read(
        self, row: Topic, numbers: Iterable[int], keep: Callable[[Record], bool]
    ) -> list[Record]:
        topic = self._names.of(row)
        places = [TopicPartition(topic, number) for number in sorted(numbers)]
        return await read(self._where, places, keep) if places else []
