"""Services in this process: the real pattern, over any store, publishing into logs in memory."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from services.intake.catalog import Catalog, load
from services.intake.service import build as build_intake
from services.payout.service import build as build_payout
from services.qa.service import build as build_qa
from services.router.metrics import RouterMetrics
from services.router.service import build as build_router
from services.router.settings import RouterSettings
from shared.contracts.partitions import partition_of
from shared.contracts.record import Ack, Outgoing, Record, TopicPartition
from shared.contracts.topics import DEAD_LETTERS, Names, Topic
from shared.observe.metrics import PatternMetrics
from shared.pattern.clock import SystemClock
from shared.pattern.dependencies import Dependencies
from shared.pattern.pipeline import Pipeline
from shared.pattern.service import Service
from shared.pattern.side_by_side import SideBySide
from shared.state import version
from shared.state.store import Store
from tests.simulation.kernel import Kernel
from tests.simulation.redis import Server, SimStore

SERVICES = ("intake", "router", "qa", "payout")
CATALOG_FILE = Path(__file__).with_name("catalog.yaml")
TOKEN_KEYS = "bench=" + "b" * 40
BATCH = 100


def catalog() -> Catalog:
    """The catalog of the measurements."""
    return load(CATALOG_FILE)


def build(service: str, names: Names) -> Service:
    """One of the four services, as its process builds it."""
    if service == "intake":
        return build_intake(catalog(), names=names)
    if service == "router":
        settings = RouterSettings(token_keys=SecretStr(TOKEN_KEYS))
        metrics = RouterMetrics(CollectorRegistry())
        return build_router(settings, names=names, read_until=_now, metrics=metrics)
    return build_qa(names=names) if service == "qa" else build_payout(names=names)


def _now(_: int) -> datetime:
    return datetime.now(UTC)


class Logs:
    """Topics in memory, one log a partition; a publisher whose acks come at once."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._logs: dict[TopicPartition, list[Record]] = {}

    async def send(self, records: Sequence[Outgoing]) -> Sequence[Ack]:
        """Append each record to its partition."""
        return [self._append(record) for record in records]

    def of(self, topic: Topic) -> list[Record]:
        """All records of a topic, partition by partition."""
        places = (TopicPartition(self.names.of(topic), at) for at in range(topic.partitions))
        return [record for place in places for record in self._logs.get(place, ())]

    def after(self, topics: Iterable[Topic], read: dict[TopicPartition, int]) -> list[Record]:
        """What a reader has not read yet; `read` moves on."""
        found: list[Record] = []
        for topic in topics:
            for at in range(topic.partitions):
                place = TopicPartition(self.names.of(topic), at)
                log = self._logs.get(place, [])
                found += log[read.get(place, 0) :]
                read[place] = len(log)
        return found

    def _append(self, said: Outgoing) -> Ack:
        count = self.names.row(said.topic).partitions
        place = TopicPartition(said.topic, partition_of((said.key or b"").decode(), count))
        log = self._logs.setdefault(place, [])
        now_ms = round(datetime.now(UTC).timestamp() * 1000)
        log.append(Record(*place, len(log), said.key, said.value, said.headers, now_ms))
        return Ack(place, len(log) - 1)


async def _at_once() -> None:
    return None


def memory_store(service: Service) -> Store:
    """A store in memory whose epochs seem always open and that keeps no older copies."""
    server = Server(Kernel(1))
    server.epoch_checked, server.copies_until = False, 0.0
    return SimStore(server, _at_once, version.epoch(service.card, "memory"))


class Desk:
    """One service's pipeline, fed batch by batch."""

    def __init__(self, service: Service, store: Store, logs: Logs) -> None:
        self.service = service
        self._logs = logs
        self.registry = CollectorRegistry()
        metrics = PatternMetrics(service.name, self.registry, service.names)
        self.means = Dependencies(service, store, logs, SystemClock(), metrics)
        self._ways = SideBySide([Pipeline(self.means)])

    async def take(self, records: Sequence[Record]) -> None:
        """Handle these records in batches as a process gets them."""
        for start in range(0, len(records), BATCH):
            await self._ways.handle(records[start : start + BATCH])
        letters = self._logs.of(DEAD_LETTERS[self.service.name])
        if letters:
            reason = letters[0].header("dl_detail")
            raise RuntimeError(f"{self.service.name} refused {len(letters)} records: {reason}")
