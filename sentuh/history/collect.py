"""Collects a history from records: effective events, dead letters, and the outputs sent."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from sentuh.history.output_refs import Ref, is_hidden, is_request, ref_of
from sentuh.history.sent import Sent
from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.events.model import Event
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import (
    ASSIGNMENTS,
    DEAD_LETTERS,
    EARNINGS,
    MODEL_OUTPUTS,
    MODEL_OUTPUTS_QA,
    TASKS,
    VERDICTS,
    Names,
)

E = TypeVar("E", bound=Event)
Spot = tuple[str, int, int]
"""Topic row, partition, offset."""

TOLD_ONCE = frozenset(t.name for t in (TASKS, ASSIGNMENTS, VERDICTS, EARNINGS, MODEL_OUTPUTS_QA))
DEAD_LETTER_TOPICS = frozenset(topic.name for topic in DEAD_LETTERS.values())


@dataclass(frozen=True, slots=True)
class PublishedEvent(Generic[E]):
    """One event, and the spot of the first record that published it."""

    event: E
    id: str
    spot: Spot
    timestamp_ms: int

    def follows(self, other: "PublishedEvent[E]") -> bool:
        """Return whether it stands behind the other one in the same partition."""
        return self.spot[:2] == other.spot[:2] and self.spot[2] > other.spot[2]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter with its headers decoded; `spot` is that of the refused record."""

    record: Record
    service: str
    reason: str
    detail: str
    spot: Spot

    @property
    def ref(self) -> Ref | None:
        """Source and id of the refused output; None if they cannot be read."""
        return ref_of(self.record)

    @property
    def of_request(self) -> bool:
        """Whether no output was refused, but what a model server was asked."""
        return is_request(self.record)


@dataclass(frozen=True, slots=True)
class OutputRecord:
    """A record of the outputs' topic; `ref` is None if it names none, or `hidden` by a schema.

    That of a request is the ref of its response.
    """

    spot: Spot
    ref: Ref | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Deletion:
    """A record without a value that takes back what was last under its key."""

    key: str
    spot: Spot
    timestamp_ms: int


@dataclass(slots=True)
class Extent:
    """The offsets of a partition that were read: first, last, and how many."""

    first: int
    last: int
    count: int

    @property
    def whole(self) -> bool:
        """Whether no record before or between has been deleted or compacted away."""
        return self.first == 0 and self.count == self.last + 1


@dataclass
class History:
    """All events and dead letters, for the invariants. Of copies of one event the first counts.

    `requests` are what model servers were asked, each apart from its output.
    """

    names: Names
    sent: tuple[Sent, ...] | None = None
    events: dict[type[Event], list[PublishedEvent[Event]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    dead_letters: list[DeadLetter] = field(default_factory=list)
    outputs: list[OutputRecord] = field(default_factory=list)
    requests: list[OutputRecord] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)
    unreadable: list[tuple[Spot, Refused]] = field(default_factory=list)
    absorbed: Counter[str] = field(default_factory=Counter)
    contradicted: list[tuple[PublishedEvent[Event], Spot]] = field(default_factory=list)
    extents: dict[TopicPartition, Extent] = field(default_factory=dict)
    cut: frozenset[str] = frozenset()

    def of(self, kind: type[E]) -> list[PublishedEvent[E]]:
        """Return the effective events of a kind, in order within each partition."""
        return self.events.get(kind, [])  # type: ignore[return-value]

    def by_task(self, kind: type[E]) -> Mapping[str, list[PublishedEvent[E]]]:
        """Group the effective events of a kind by task; computed once and then remembered."""
        if kind not in self._by_task:
            groups: dict[str, list[PublishedEvent[Event]]] = defaultdict(list)
            for published in self.of(kind):
                groups[published.event.task_id].append(published)  # type: ignore[attr-defined, arg-type]
            self._by_task[kind] = groups
        return self._by_task[kind]  # type: ignore[return-value]

    _by_task: dict[type[Event], dict[str, list[PublishedEvent[Event]]]] = field(
        default_factory=dict
    )

    @cached_property
    def tasks(self) -> Mapping[str, TaskCreated]:
        """Every task by its id."""
        return {published.event.task_id: published.event for published in self.of(TaskCreated)}

    @cached_property
    def waived(self) -> Mapping[str, OutputWaived]:
        """Every waived output, by the id its task would have had."""
        return {published.event.task_id: published.event for published in self.of(OutputWaived)}

    @cached_property
    def verdicts(self) -> Mapping[str, VerdictReached]:
        """The effective verdict of each task or waived output."""
        groups = self.by_task(VerdictReached)
        return {task_id: verdicts[0].event for task_id, verdicts in groups.items()}

    @cached_property
    def dead_letters_by_spot(self) -> Mapping[Spot, DeadLetter]:
        """Dead letters by the spot of the refused record."""
        return {dead_letter.spot: dead_letter for dead_letter in self.dead_letters}

    def whole(self, topic: str) -> bool:
        """Return whether no record of a topic was deleted: a missing one was never written."""
        named = self.names.prefix + topic
        mine = [extent for place, extent in self.extents.items() if place.topic == named]
        return named not in self.cut and all(extent.whole for extent in mine)


def collect(
    records: Iterable[Record],
    names: Names,
    sent: Iterable[Sent] | None,
    cut: frozenset[str] = frozenset(),
) -> History:
    """Collect a history from records; `cut` are topics that have lost their beginning."""
    history = History(names, None if sent is None else tuple(sent), cut=cut)
    reader = _Collector(history)
    for record in records:
        reader.take(record)
    return history


class _Collector:
    """Sorts records into a history."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._first: dict[tuple[str, str], tuple[PublishedEvent[Event], bytes | None]] = {}

    def take(self, record: Record) -> None:
        row = self._history.names.row(record.topic)
        spot = (row.name, record.partition, record.offset)
        self._extend(record)
        if row.name in DEAD_LETTER_TOPICS:
            self._history.dead_letters.append(self._dead_letter(record))
        elif row.name == MODEL_OUTPUTS.name:
            history = self._history
            sort = history.requests if is_request(record) else history.outputs
            sort.append(OutputRecord(spot, ref_of(record), is_hidden(record)))
        else:
            self._event(record, spot)

    def _extend(self, record: Record) -> None:
        extents = self._history.extents
        extent = extents.setdefault(record.place, Extent(record.offset, record.offset, 0))
        extent.first = min(extent.first, record.offset)
        extent.last = max(extent.last, record.offset)
        extent.count += 1

    def _dead_letter(self, record: Record) -> DeadLetter:
        def text(name: str) -> str:
            return record.header(name) or ""

        def number(name: str) -> int:
            return int(text(name)) if text(name).isdecimal() else -1

        topic = text("dl_topic").removeprefix(self._history.names.prefix)
        spot = (topic, number("dl_partition"), number("dl_offset"))
        return DeadLetter(record, text("dl_service"), text("dl_reason"), text("dl_detail"), spot)

    def _event(self, record: Record, spot: Spot) -> None:
        row = self._history.names.row(record.topic)
        if record.value is None and row.takes_back:
            deleted = (record.key or b"").decode(errors="replace")
            self._history.deletions.append(Deletion(deleted, spot, record.timestamp_ms))
            return
        try:
            event_id, event = envelope.decode(record, row)
        except Refused as refused:
            self._history.unreadable.append((spot, refused))
            return
        published = PublishedEvent(event, event_id, spot, record.timestamp_ms)
        key = (row.name, event_id)
        if row.border:
            self._history.events[type(event)].append(published)
        elif key in self._first:
            self._copy(published, record.value, *self._first[key])
        else:
            self._first[key] = (published, record.value)
            self._history.events[type(event)].append(published)

    def _copy(
        self,
        published: PublishedEvent[Event],
        value: bytes | None,
        first: PublishedEvent[Event],
        first_value: bytes | None,
    ) -> None:
        if (
            published.spot[0] in TOLD_ONCE
            and value != first_value
            and not _same(published.event, first.event)
        ):
            self._history.contradicted.append((first, published.spot))
        self._history.absorbed[published.spot[0]] += 1


def _same(one: Event, other: Event) -> bool:
    """Return whether two copies state the same fact; their time `at` may differ."""
    return one.model_copy(update={"at": other.at}) == other


def as_text(ref: Ref) -> str:
    """Format source and id as one text, a JSON list."""
    return json.dumps(list(ref), ensure_ascii=False)
