"""The four services in memory, one log of everything said, and a clock that a test moves."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar, cast

from prometheus_client import CollectorRegistry
from pydantic import JsonValue, SecretStr

from services.intake.catalog import load
from services.intake.service import build as build_intake
from services.payout.service import build as build_payout
from services.qa.service import build as build_qa
from services.router.metrics import RouterMetrics
from services.router.service import build as build_router
from services.router.settings import RouterSettings
from shared.contracts import envelope
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.events.timers import DeadlinePassed
from shared.contracts.partitions import partition_of
from shared.contracts.record import Outgoing, Record
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS, PARTITIONS, Names
from shared.pattern.service import Swept
from shared.state.store import Store
from tests.kinds.scene import ACCEPT_SECONDS, LATE, Scene, catalog_of
from tests.support.builders import NOW, POOL
from tests.support.in_memory import InMemory, TwinStore, record_of

E = TypeVar("E", bound=Event)
NAMES = Names()


class Town:
    """The services of one catalog. Whatever is said, everybody hears at once who reads its topic.

    Example: `town.output({...})`, `town.join("w-1")`, `town.answer(town.offer("w-1"), "yes")`.
    """

    def __init__(self, catalog: Path) -> None:
        self.now = NOW
        self.records: list[Record] = []
        settings = RouterSettings(token_keys=SecretStr("k1=" + "s" * 40))
        built = (
            build_intake(load(catalog), names=NAMES),
            build_router(
                settings,
                names=NAMES,
                read_until=self._read_until,
                metrics=RouterMetrics(CollectorRegistry()),
            ),
            build_qa(names=NAMES),
            build_payout(names=NAMES),
        )
        self._services = tuple(InMemory(service) for service in built)

    def _read_until(self, _: int) -> datetime:
        return self.now

    # --- what is sent ----------------------------------------------------------------------------

    def send(self, sent: Outgoing) -> None:
        """Append a record, and let everybody hear it who reads its topic, and what follows."""
        row = NAMES.row(sent.topic)
        partition = partition_of((sent.key or b"").decode(), row.partitions)
        at = len(self.records)
        record = record_of(sent, partition=partition, offset=at, at=self.now)
        self.records.append(record)
        for service in self._services:
            if row in service.service.card.consumes:
                before = len(service.published), len(service.dead_letters)
                service.hear_records(record)
                published = service.published[before[0] :]
                for said in published + service.dead_letters[before[1] :]:
                    self.send(said)

    def tell(self, event: Event) -> None:
        """Send an event as people and timers do."""
        trace = envelope.derived_traceparent(event.event_id)
        self.send(envelope.encode(event, NAMES, source="people", cause="c", traceparent=trace))

    def output(self, sent: Mapping[str, JsonValue]) -> None:
        """Send a model's output."""
        key = str(sent["id"]).encode()
        self.send(Outgoing(MODEL_OUTPUTS.name, key, json.dumps(sent).encode(), ()))

    def join(self, worker: str, *skills: str, kinds: list[str] | None = None) -> None:
        """Let a worker come in whose app shows these kinds."""
        self.tell(
            WorkerProfiled(
                pool=POOL,
                at=self.now,
                worker_id=worker,
                skills=dict.fromkeys(skills, 1),
                languages=["en"],
            )
        )
        # Said twice: the first enters the worker in the lanes of these kinds, which a sweep would
        # look over a second later. Nobody sweeps here, so the second finds what waits there.
        for _ in range(2):
            self.tell(
                PresenceChanged(
                    pool=POOL, at=self.now, worker_id=worker, presence="available", kinds=kinds
                )
            )

    def answer(self, offer: OfferMade, answer: JsonValue) -> None:
        """Send an answer as a worker app does; it may be of any form."""
        event = OfferAnswered(
            pool=POOL,
            at=self.now,
            task_id=offer.claims.task_id,
            worker_id=offer.claims.worker_id,
            token=offer.token,
            answer="sent below",
        )
        sent = envelope.encode(event, NAMES, source="people", cause="c", traceparent="")
        value = {**json.loads(sent.value or b""), "answer": answer}
        self.send(Outgoing(sent.topic, sent.key, json.dumps(value).encode(), sent.headers))

    def wait(self, seconds: float, *, task_id: str) -> None:
        """Let time pass, and the router look at what is due of a task."""
        self.now += timedelta(seconds=seconds)
        for service in self._services:
            service.now = self.now
        self.tell(DeadlinePassed(pool=POOL, at=self.now, task_id=task_id, due_at=self.now))

    async def sweep(self, service_name: str, *, seconds: float = 0.0) -> None:
        """Let time pass, and a service announce what is due in the pool."""
        self.now += timedelta(seconds=seconds)
        for service in self._services:
            service.now = self.now
            if service.service.name == service_name and service.service.sweep:
                await self._sweep(service)

    async def _sweep(self, service: InMemory) -> None:
        slot, store = f"{{{service.service.name}:{POOL}}}", cast("Store", TwinStore(service.twin))
        for partition in range(PARTITIONS):
            swept = Swept(slot, partition, self.now, self.now, store)
            for event in await service.service.sweep(swept) if service.service.sweep else ():
                self.tell(event)

    # --- what came of it -------------------------------------------------------------------------

    def of(self, kind: type[E]) -> list[E]:
        """Return every event of one type that was said, in order."""
        return [kind.model_validate_json(record.value or b"") for record in self._said(kind)]

    def _said(self, kind: type[Event]) -> Iterator[Record]:
        for record in self.records:
            if record.header("ce_type") == kind.TYPE and not record.header("dl_reason"):
                yield record

    def offer(self, worker: str) -> OfferMade:
        """Return the last offer to a worker."""
        offers = [made for made in self.of(OfferMade) if made.claims.worker_id == worker]
        assert offers, f"{worker} was offered nothing"
        return offers[-1]

    def refused(self) -> list[tuple[str, str]]:
        """Return of each dead letter its reason and what to do about it."""
        letters = {topic.name for topic in DEAD_LETTERS.values()}
        return [
            (record.header("dl_reason") or "", record.header("dl_detail") or "")
            for record in self.records
            if record.topic in letters
        ]


def play(scene: Scene, home: Path) -> Town:
    """Play a scene; the late answer comes before the last one that is in time."""
    catalog = home / "catalog.json"
    catalog.write_text(json.dumps(catalog_of(scene)))
    town = Town(catalog)
    town.output(scene.output())
    town.join(LATE, scene.name, kinds=[scene.kind])
    late = town.offer(LATE)
    town.wait(ACCEPT_SECONDS + 1, task_id=late.claims.task_id)
    for worker in scene.workers:
        town.join(worker, scene.name, kinds=[scene.kind])
    for wrong, _ in scene.bad:
        town.answer(town.offer("w-1"), wrong)
    town.answer(late, scene.late)
    for worker, answer in scene.workers.items():
        town.answer(town.offer(worker), answer)
    return town
