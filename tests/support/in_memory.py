"""The one way to run a service in memory: the real pattern, without broker, Redis or clock.

`InMemory(service)` runs one event or batch at a time: `hear` events, or `hear_records` as they
stand on a topic, then look at `announced`, `dead_letters` and `twin`. The tests of services use it;
each folder of tests/services adds the words of its service (`qa_after(task, answer)`).

`pipelines_of(dependencies_of(service, ...))` is the whole pattern with its commits, settlements and
publishing. The simulation runs it over a Redis and a Kafka that fail (tests/support/world), the
bench over stores and topics that do not (`store_in_memory`, `TopicLogs`).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from prometheus_client import CollectorRegistry

from shared.contracts import envelope
from shared.contracts.errors import Refused
from shared.contracts.events.model import Event
from shared.contracts.partitions import partition_of
from shared.contracts.record import Outgoing, Record
from shared.observe.metrics import PatternMetrics
from shared.pattern.clock import Clock, SystemClock, to_ms
from shared.pattern.decide_chunk import Decided, decide_unit
from shared.pattern.dependencies import Dependencies
from shared.pattern.limits import Limits
from shared.pattern.pipeline import Pipeline
from shared.pattern.publishing import Publisher
from shared.pattern.read_records import RecordReader
from shared.pattern.service import Service, Unit
from shared.pattern.side_by_side import SideBySide
from shared.pattern.together import Together, together
from shared.state.changes import merged
from shared.state.ranking import Ranking
from shared.state.store import Committed, Conflict, Loaded, Request, Store, Value
from shared.state.twin import Twin, loaded
from shared.state.view import View
from tests.support.builders import NOW
from tests.support.facts import facts
from tests.support.world.kernel import Kernel
from tests.support.world.redis import Server, SimStore

E = TypeVar("E", bound=Event)
ROUNDS_MAX = 10
_TRACE = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"


@dataclass(frozen=True, slots=True)
class DecidedUnit:
    """A unit that was decided and is not committed yet."""

    unit: Unit
    decided: Decided


class InMemory:
    """One process of a service, one event or one batch at a time.

    Every event crosses the wire in and out. Every commit is held to its guards and revisions, so a
    unit that was overtaken is decided again. `now` is the process's clock and the broker's; a test
    sets it.

    Example: `InMemory(build(names=Names())).hear(a_task(), an_answer("w-1"))`.
    """

    def __init__(self, service: Service, *, keeps_outcomes: bool = True) -> None:
        """Start with an empty state; without `keeps_outcomes` every outcome's time to live is over
        at once, so that the state alone must tell what was done before.
        """
        self.now = NOW
        self.twin = Twin()
        self.announced: list[Event] = []
        self.published: list[Outgoing] = []
        self.dead_letters: list[Outgoing] = []
        self.conflicts = 0
        self._keeps_outcomes = keeps_outcomes
        self.offset = 0
        self.restart_as(service)

    def restart_as(self, service: Service) -> None:
        """Go on with the same state under another build of the service."""
        self.service = service
        self._reading = RecordReader(service, metrics_of(service))

    # --- the whole way ---------------------------------------------------------------------------

    def hear(self, *events: Event, at: datetime | None = None) -> list[Event]:
        """Handle each event alone; return what was announced. Raises Refused."""
        return [made for event in events for made in self.hear_at_once([event], at=at)]

    def hear_at_once(self, events: Sequence[Event], *, at: datetime | None = None) -> list[Event]:
        """Handle a batch on one view, loaded before its first event. Raises Refused."""
        announced, refusals = self._finish(
            [unit for event in events for unit in self.units(event, at=at)]
        )
        if refusals:
            raise refusals[0]
        return announced

    def hear_records(self, *records: Record) -> list[Event]:
        """Handle each record alone; a refused one becomes a dead letter, as it does on Kafka."""
        announced: list[Event] = []
        for record in records:
            units, dead_letters, _ = self._reading.read([record])
            self.dead_letters += dead_letters
            announced += self.finish(units)
        return announced

    def finish(self, units: Sequence[Unit]) -> list[Event]:
        """Take units to their commit, however often they are overtaken; refused ones become dead
        letters.
        """
        return self._finish(units)[0]

    def _finish(self, units: Sequence[Unit]) -> tuple[list[Event], list[Refused]]:
        announced: list[Event] = []
        refusals: list[Refused] = []
        if not self._keeps_outcomes:
            self.forget_outcomes()
        for _ in range(ROUNDS_MAX):
            batch = self.decide(units)
            refusals += [made.decided.refused for made in batch if made.decided.refused]
            units, committed = self.commit(batch)
            announced += committed
            if not units:
                return announced, refusals
        raise AssertionError(f"still in conflict after {ROUNDS_MAX} rounds: {units}")

    # --- step by step: what races are made of ----------------------------------------------------

    def units(self, event: Event, *, at: datetime | None = None) -> Sequence[Unit]:
        """Read the record of an event, which Kafka took at `at` (now, if left out).

        Raises Refused where a check finds the event wrong.
        """
        self.offset += 1
        sent = envelope.encode(
            event, self.service.names, source="test", cause="cause", traceparent=_TRACE
        )
        partition = partition_of(event.key, event.TOPIC.partitions)
        record = record_of(sent, partition=partition, offset=self.offset, at=at or self.now)
        return self._reading.units(record)

    def decide(self, units: Sequence[Unit]) -> list[DecidedUnit]:
        """Decide a batch on what the store holds now, and commit nothing."""
        rows = [(unit, self.service.row(unit.event)) for unit in units]
        reads = [read for unit, row in rows if row for read in row.load.reads(unit.checked)]
        view = View(self.twin.fetch(merged(reads)))
        return [
            DecidedUnit(unit, decide_unit(self.service, unit, view, self.now)) for unit in units
        ]

    def commit(self, batch: Sequence[DecidedUnit]) -> tuple[list[Unit], list[Event]]:
        """Commit what was decided; return the units in conflict and what the others announce."""
        self.dead_letters += [
            self._reading.dead_letter(made.unit.record, made.decided.refused)
            for made in batch
            if made.decided.refused
        ]
        batch = [made for made in batch if not made.decided.empty]
        replies = self.twin.commit([made.decided.entry for made in batch])
        in_conflict: list[Unit] = []
        announced: list[Event] = []
        for made, reply in zip(batch, replies, strict=True):
            if isinstance(reply, Committed):
                announced += self._publish(made.decided.records)
            elif isinstance(reply, Conflict):
                in_conflict.append(made.unit)
        self.announced += announced
        self.conflicts += len(in_conflict)
        return in_conflict, announced

    def _publish(self, records: Sequence[Outgoing]) -> list[Event]:
        self.published += records
        row = self.service.names.row
        return [envelope.decode(record_of(sent), row(sent.topic))[1] for sent in records]

    def forget_outcomes(self) -> None:
        """End every outcome's time to live: what is heard again is decided again."""
        self.twin.outcomes.clear()

    def catch_up_on(self, event: Event) -> None:
        """Fold an event into the state without a decision on it, as a catch-up does."""
        self.twin.make(self.service.folds(event))

    # --- what came of it -------------------------------------------------------------------------

    def of(self, event: type[E]) -> list[E]:
        """Return what was announced of one type, in order."""
        return [made for made in self.announced if isinstance(made, event)]

    def reasons(self) -> list[str]:
        """Return why records became dead letters, in order."""
        return [header(dead_letter, "dl_reason") for dead_letter in self.dead_letters]

    def facts(self) -> dict[str, Value]:
        """Return everything the state holds, but for revisions."""
        return facts(self.twin.items())


class TwinStore:
    """The part of a store that a sweep uses, over a twin."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin

    async def load(self, requests: Mapping[str, Request]) -> Mapping[str, Loaded]:
        return {
            slot: loaded("e", self._twin.fetch(merged(request.reads)))
            for slot, request in requests.items()
        }

    async def due(
        self, slot: str, key: str, *, due_ms: int, again_ms: int, count: int
    ) -> Sequence[tuple[str, int]]:
        del slot
        due = [pair for pair in self._twin.ranking(key).items() if pair[1] <= due_ms][:count]
        for member, _ in due:
            self._twin.value(key, Ranking)[member] = again_ms
        return due


def metrics_of(service: Service, registry: CollectorRegistry | None = None) -> PatternMetrics:
    """Return the pattern's metrics of a service, in a registry of their own if none is named."""
    return PatternMetrics(service.name, registry or CollectorRegistry(), service.names)


def dependencies_of(
    service: Service,
    *,
    store: Store,
    publisher: Publisher,
    clock: Clock | None = None,
    metrics: PatternMetrics | None = None,
) -> Dependencies:
    """Return what a process of the service works with, over any store and publisher."""
    return Dependencies(
        service, store, publisher, clock or SystemClock(), metrics or metrics_of(service)
    )


def pipelines_of(
    dependencies: Dependencies,
    *,
    count: int = 1,
    limits: Limits | None = None,
    at_once: Together = together,
) -> SideBySide:
    """Return the whole pattern of one process: as many pipelines side by side, ready for batches.

    Example: `await pipelines_of(dependencies_of(qa, store=store, publisher=logs)).handle(records)`.
    """
    pipelines = [Pipeline(dependencies, limits, at_once=at_once) for _ in range(count)]
    return SideBySide(pipelines, at_once=at_once)


def store_in_memory(epoch: str | None = None) -> SimStore:
    """Return a whole store in memory that never fails and lets nobody wait.

    With `epoch`, every slot seems open under it; without, slots are opened as in Redis.
    """
    server = Server(Kernel(0))
    server.copies_until = 0.0  # nobody goes back to an older copy: keep none
    if epoch is None:
        return SimStore(server, _at_once)
    server.epoch_checked = False
    return SimStore(server, _at_once, epoch)


async def _at_once() -> None:
    return


def record_of(sent: Outgoing, *, partition: int = 0, offset: int = 0, at: datetime = NOW) -> Record:
    """Return what a consumer reads of a published record."""
    return Record(sent.topic, partition, offset, sent.key, sent.value, sent.headers, to_ms(at))


def header(sent: Outgoing, name: str) -> str:
    """Return the value of a header that is there."""
    return dict(sent.headers)[name].decode()


def digest_of_all(published: Iterable[Outgoing]) -> str:
    """Return the SHA-256 of topic, key, value and headers of every record, in their order."""
    digest = hashlib.sha256()
    for sent in published:
        digest.update(repr((sent.topic, sent.key, sent.value, sent.headers)).encode())
    return digest.hexdigest()
