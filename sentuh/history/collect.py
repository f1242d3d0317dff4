"""What happened, collected from records: effective events, dead letters, and the outputs sent."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from sentuh.history.output_refs import Ref, ref_of
from shared.contracts import envelope
from shared.contracts.errors import Refused, SettingError
from shared.contracts.events.model import Event
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import (
    ASSIGNMENTS,
    DEAD_LETTERS,
    EARNINGS,
    MODEL_OUTPUTS,
    TASKS,
    VERDICTS,
    Names,
)

E = TypeVar("E", bound=Event)
Spot = tuple[str, int, int]
"""Topic row, partition, offset."""

JOURNALS = frozenset(topic.name for topic in (TASKS, ASSIGNMENTS, VERDICTS, EARNINGS))
LETTERS = frozenset(topic.name for topic in DEAD_LETTERS.values())


class Sent(BaseModel):
    """One output as its publisher says it was sent. `digest` is the publisher's own, of anything
    that tells contents apart; partition and offset are those of its ack, where it kept them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: str
    id: str
    digest: str | None = None
    partition: int | None = None
    offset: int | None = None

    @property
    def ref(self) -> Ref:
        """Source and id."""
        return self.source, self.id


@dataclass(frozen=True, slots=True)
class Seen(Generic[E]):
    """One event and where its first record stands."""

    event: E
    id: str
    spot: Spot
    timestamp_ms: int

    def follows(self, other: "Seen[E]") -> bool:
        """Whether it stands behind the other in the same partition."""
        return self.spot[:2] == other.spot[:2] and self.spot[2] > other.spot[2]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter, what it says of itself, and where the refused record stood."""

    record: Record
    service: str
    reason: str
    detail: str
    spot: Spot

    @property
    def ref(self) -> Ref | None:
        """Source and id of the output it refused, where they can be read."""
        return ref_of(self.record)


@dataclass(frozen=True, slots=True)
class OutputRecord:
    """A record of the outputs' topic; `ref` is None where it names no id of its own."""

    spot: Spot
    ref: Ref | None


@dataclass(slots=True)
class Extent:
    """Which offsets of a partition were seen."""

    first: int
    last: int
    count: int

    @property
    def whole(self) -> bool:
        """Whether nothing before or between has been deleted or compacted away."""
        return self.first == 0 and self.count == self.last + 1


@dataclass
class History:
    """Everything the invariants look at. Of copies of one event the first is effective."""

    names: Names
    sent: tuple[Sent, ...] | None = None
    seen: dict[type[Event], list[Seen[Event]]] = field(default_factory=lambda: defaultdict(list))
    letters: list[DeadLetter] = field(default_factory=list)
    outputs: list[OutputRecord] = field(default_factory=list)
    unreadable: list[tuple[Spot, Refused]] = field(default_factory=list)
    absorbed: Counter[str] = field(default_factory=Counter)
    contradicted: list[tuple[Seen[Event], Spot]] = field(default_factory=list)
    extents: dict[TopicPartition, Extent] = field(default_factory=dict)
    cut: frozenset[str] = frozenset()

    def of(self, kind: type[E]) -> list[Seen[E]]:
        """Effective events of a kind, in the order of their partitions."""
        return self.seen.get(kind, [])  # type: ignore[return-value]

    def by_task(self, kind: type[E]) -> Mapping[str, list[Seen[E]]]:
        """The same by task; kept, so that each invariant asks for it freely."""
        if kind not in self._by_task:
            found: dict[str, list[Seen[Event]]] = defaultdict(list)
            for seen in self.of(kind):
                found[seen.event.task_id].append(seen)  # type: ignore[attr-defined, arg-type]
            self._by_task[kind] = found
        return self._by_task[kind]  # type: ignore[return-value]

    _by_task: dict[type[Event], dict[str, list[Seen[Event]]]] = field(default_factory=dict)

    @cached_property
    def tasks(self) -> Mapping[str, TaskCreated]:
        """Every task, by id."""
        return {seen.event.task_id: seen.event for seen in self.of(TaskCreated)}

    @cached_property
    def waived(self) -> Mapping[str, OutputWaived]:
        """Every waived output, by the id its task would have had."""
        return {seen.event.task_id: seen.event for seen in self.of(OutputWaived)}

    @cached_property
    def verdicts(self) -> Mapping[str, VerdictReached]:
        """The effective verdict of each task or waived output."""
        return {task_id: found[0].event for task_id, found in self.by_task(VerdictReached).items()}

    @cached_property
    def letters_by_spot(self) -> Mapping[Spot, DeadLetter]:
        """Dead letters by where the refused record stood."""
        return {letter.spot: letter for letter in self.letters}

    def whole(self, topic: str) -> bool:
        """Whether nothing of a topic has been deleted: what is not there, never was."""
        named = self.names.prefix + topic
        mine = [extent for place, extent in self.extents.items() if place.topic == named]
        return named not in self.cut and all(extent.whole for extent in mine)


def collect(
    records: Iterable[Record],
    names: Names,
    sent: Iterable[Sent] | None,
    cut: frozenset[str] = frozenset(),
) -> History:
    """The history these records tell; `cut` are topics known to be without their beginning."""
    history = History(names, None if sent is None else tuple(sent), cut=cut)
    reader = _Collector(history)
    for record in records:
        reader.take(record)
    return history


def read_sent(path: Path) -> list[Sent]:
    """A publisher's list of what it sent; SettingError names the line that is none."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"--sent {path} cannot be read ({error}): name a file of JSON lines"
        ) from error
    return list(_rows(path, lines))


def _rows(path: Path, lines: Iterable[str]) -> Iterator[Sent]:
    for number, line in enumerate(lines, 1):
        try:
            yield Sent.model_validate_json(line)
        except ValidationError as error:
            raise SettingError(
                f'{path}:{number}: write {{"source": ..., "id": ...}} on each line'
            ) from error


class _Collector:
    """Sorts records into a history."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._first: dict[tuple[str, str], tuple[Seen[Event], bytes | None]] = {}

    def take(self, record: Record) -> None:
        row = self._history.names.row(record.topic)
        spot = (row.name, record.partition, record.offset)
        self._extend(record)
        if row.name in LETTERS:
            self._history.letters.append(self._letter(record))
        elif row.name == MODEL_OUTPUTS.name:
            self._history.outputs.append(OutputRecord(spot, ref_of(record)))
        else:
            self._event(record, spot)

    def _extend(self, record: Record) -> None:
        extents = self._history.extents
        extent = extents.setdefault(record.place, Extent(record.offset, record.offset, 0))
        extent.first = min(extent.first, record.offset)
        extent.last = max(extent.last, record.offset)
        extent.count += 1

    def _letter(self, record: Record) -> DeadLetter:
        def said(name: str) -> str:
            return record.header(name) or ""

        def number(name: str) -> int:
            return int(said(name)) if said(name).isdecimal() else -1

        topic = said("dl_topic").removeprefix(self._history.names.prefix)
        spot = (topic, number("dl_partition"), number("dl_offset"))
        return DeadLetter(record, said("dl_service"), said("dl_reason"), said("dl_detail"), spot)

    def _event(self, record: Record, spot: Spot) -> None:
        row = self._history.names.row(record.topic)
        try:
            event_id, event = envelope.decode(record, row)
        except Refused as refused:
            self._history.unreadable.append((spot, refused))
            return
        seen = Seen(event, event_id, spot, record.timestamp_ms)
        key = (row.name, event_id)
        if row.border:
            self._history.seen[type(event)].append(seen)
        elif key in self._first:
            self._copy(seen, record.value, *self._first[key])
        else:
            self._first[key] = (seen, record.value)
            self._history.seen[type(event)].append(seen)

    def _copy(
        self, seen: Seen[Event], value: bytes | None, first: Seen[Event], said: bytes | None
    ) -> None:
        if seen.spot[0] in JOURNALS and value != said and not _same(seen.event, first.event):
            self._history.contradicted.append((first, seen.spot))
        self._history.absorbed[seen.spot[0]] += 1


def _same(one: Event, other: Event) -> bool:
    """Whether two copies state the same fact; when it was stated is no part of it."""
    return one.model_copy(update={"at": other.at}) == other


def as_text(ref: Ref) -> str:
    """Source and id as one text."""
    return json.dumps(list(ref), ensure_ascii=False)
