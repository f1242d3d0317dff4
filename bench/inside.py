"""The services as the bench runs them in its own process, over any store, into logs in memory."""

from collections.abc import Sequence
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
from shared.contracts.record import Record
from shared.contracts.topics import DEAD_LETTERS, Names
from shared.pattern.gather import Gather
from shared.pattern.service import Service
from shared.state import version
from shared.state.store import Store
from tests.support.in_memory import dependencies_of, metrics_of, pipelines_of, store_in_memory
from tests.support.world.topic_logs import TopicLogs

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


def memory_store(service: Service) -> Store:
    """Return a store in memory whose slots all seem open, as this version of the service opens
    them.
    """
    return store_in_memory(version.epoch(service.card, "memory"))


class Desk:
    """One service's pipeline, fed batch by batch."""

    def __init__(self, service: Service, store: Store, logs: TopicLogs) -> None:
        self.service = service
        self._logs = logs
        self.registry = CollectorRegistry()
        metrics = metrics_of(service, self.registry)
        self.means = dependencies_of(service, store=store, publisher=logs, metrics=metrics)
        self._pipelines = pipelines_of(self.means)

    async def take(self, records: Sequence[Record]) -> None:
        """Handle these records in batches as a process gets them."""
        gather = Gather(self._pipelines.limits)
        for start in range(0, len(records), BATCH):
            fetched = records[start : start + BATCH]
            gather.add(await self._pipelines.handle(fetched), fetched, now=0.0)
            if gather.due_in(0.0, is_idle=False) <= 0:
                await self._pipelines.settle(gather, revoked=lambda: False)
                gather = Gather(self._pipelines.limits)
        await self._pipelines.settle(gather, revoked=lambda: False)
        dead_letters = self._logs.of(DEAD_LETTERS[self.service.name])
        if dead_letters:
            reason = dead_letters[0].header("dl_detail")
            raise RuntimeError(f"{self.service.name} refused {len(dead_letters)} records: {reason}")
