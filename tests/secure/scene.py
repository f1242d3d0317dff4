"""The whole flow with every party as itself: own user or certificate, rights, Redis user."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from sentuh.audit import Report, audit
from sentuh.demo.processes import ServiceProcess
from sentuh.demo.wire import Link, poll, producer, reader
from shared.connect.access import KafkaAccess, RedisAccess
from shared.contracts.envelope import derived_traceparent, encode
from shared.contracts.events.model import Event, natural_id
from shared.contracts.events.offers import OfferMade
from shared.contracts.record import Record
from shared.contracts.topics import MODEL_OUTPUTS, OFFERS, SERVICES, Names
from tests.faults.follower import Follower, following
from tests.faults.stage import until
from tests.support.builders import options_of
from tests.support.people import a_presence, a_profile, answering

SOURCE = "/models/secure"
WORKERS_EACH, CAPACITY = 4, 6
END_SECONDS = 500.0
CATALOG = Path(__file__).parents[1] / "faults" / "catalog.yaml"


@dataclass(frozen=True)
class Parties:
    """How each party reaches Kafka, by role, and how each service reaches Redis."""

    kafka: Mapping[str, KafkaAccess]
    redis: Mapping[str, RedisAccess]
    names: Names

    def link(self, role: str) -> Link:
        """As the demo's readers and producers want it."""
        access = self.kafka[role]
        return Link(access.servers, self.names, 1, access)


@dataclass
class Scene:
    """A run: outputs as upstream, profiles as operators, answers as worker apps."""

    parties: Parties
    pools: Sequence[str]
    services: list[ServiceProcess]
    follower: Follower
    out: Mapping[str, Any]
    sent: list[tuple[str, str]] = field(default_factory=list)
    answered: set[tuple[str, str]] = field(default_factory=set)

    async def publish(self, label: str, count: int) -> None:
        """That many outputs, each pool's in turn, a short while apart."""
        topic = self.parties.names.of(MODEL_OUTPUTS)
        for number in range(count):
            body = {
                "source": SOURCE,
                "id": f"{label}-{number}",
                "task_type": f"ask-{self.pools[number % len(self.pools)]}",
                "format": "sentuh.output",
                "response": {"answer": "right", "confidence": {"value": 0.5}},
            }
            await self.out["upstream"].send_and_wait(
                topic, json.dumps(body).encode(), key=b"k%d" % number
            )
            self.sent.append((SOURCE, str(body["id"])))
            await asyncio.sleep(0.02)

    def unfinished(self) -> str:
        """What has not ended yet, in words."""
        tasks = {natural_id("output", *one) for one in self.sent}
        left: dict[str, set[Any]] = {
            "outputs without a verdict": self.follower.unjudged(tasks),
            "answers without a confirmed earning": self.follower.unpaid(self.answered),
            "tasks or assignments without an end": self.follower.unended(),
        }
        dead = [service.name for service in self.services if not service.running]
        if dead:
            raise AssertionError(f"ended by themselves: {dead}")
        return "; ".join(f"{len(found)} {what}" for what, found in left.items() if found)

    async def ended(self) -> None:
        """Wait until every output has its verdict and every answer its confirmed earning."""
        await until(lambda: not self.unfinished(), END_SECONDS, left=self.unfinished)

    async def audited(self) -> Report:
        """What the auditor finds over all topics and what Redis holds."""
        redis = self.parties.redis["auditor"]
        return await audit(self.parties.kafka["auditor"], self.parties.names, redis=redis)

    async def register(self) -> None:
        """Workers of every pool, profiled by operators and made available by their app."""
        for pool in self.pools:
            for number in range(WORKERS_EACH):
                worker, now = f"{pool}-{number}", datetime.now(UTC)
                facts = {"skills": {"text.faults": 3}, "languages": ["en"], "capacity": CAPACITY}
                profile = a_profile(worker, facts, at=now, pool=pool)
                await self._say("operators", profile)
                await self._say("worker-apps", a_presence(worker, at=now, pool=pool))

    async def attend(self) -> None:
        """Answer whatever is offered, as a worker app."""
        async with reader(self.parties.link("worker-apps"), [OFFERS]) as offers:
            while True:
                for record in await poll(offers, wait_ms=20):
                    await self._answer(record)

    async def _answer(self, record: Record) -> None:
        if record.header("ce_type") != OfferMade.TYPE:
            return
        offer = OfferMade.model_validate_json(record.value or b"")
        claims = offer.claims
        pair = (claims.task_id, claims.worker_id)
        if pair in self.answered:
            return
        self.answered.add(pair)
        answer = options_of(claims.asks)[0]
        await self._say("worker-apps", answering(offer, answer, at=datetime.now(UTC)))

    async def _say(self, role: str, event: Event) -> None:
        trace = derived_traceparent(role)
        out = encode(event, self.parties.names, source=role, cause=role, traceparent=trace)
        await self.out[role].send_and_wait(
            out.topic, out.value, key=out.key, headers=list(out.headers)
        )


@asynccontextmanager
async def scene(
    parties: Parties, home: Path, *, pools: Sequence[str] = ("main",)
) -> AsyncIterator[Scene]:
    """The four services ready, workers there, people answering; the topics must be there."""
    catalog = home / "catalog.yaml"
    catalog.write_text(_catalog(pools))
    services = [_service(name, parties, home, catalog) for name in SERVICES]
    async with AsyncExitStack() as stack:
        out = {
            role: await stack.enter_async_context(producer(parties.link(role)))
            for role in ("upstream", "operators", "worker-apps")
        }
        follower = await stack.enter_async_context(following(parties.link("auditor")))
        for service in services:
            service.spawn()
            stack.push_async_callback(asyncio.to_thread, service.stop)
        for service in services:
            await asyncio.to_thread(service.wait_ready)
        found = Scene(parties, pools, services, follower, out)
        await found.register()
        people = asyncio.create_task(found.attend())
        try:
            yield found
        finally:
            people.cancel()
            await asyncio.gather(people, return_exceptions=True)


def _catalog(pools: Sequence[str]) -> str:
    """The fault runs' catalog with a task type for each pool."""
    said = yaml.safe_load(CATALOG.read_text())
    kind = said["task_types"].pop("faults")
    # One home for outputs that name no task type; these name theirs.
    accepts = {pool: kind["accepts"] if pool == pools[0] else [] for pool in pools}
    said["task_types"] = {
        f"ask-{pool}": deepcopy({**kind, "pool": pool, "accepts": accepts[pool]}) for pool in pools
    }
    return str(yaml.safe_dump(said))


def _service(name: str, parties: Parties, home: Path, catalog: Path) -> ServiceProcess:
    kafka, redis = parties.kafka[name], parties.redis[name]
    settings = {
        "SENTUH_KAFKA_BOOTSTRAP_SERVERS": kafka.servers,
        "SENTUH_KAFKA_SECURITY": kafka.security,
        "SENTUH_KAFKA_USER": kafka.user,
        "SENTUH_KAFKA_PASSWORD": kafka.password,
        "SENTUH_KAFKA_CA_FILE": kafka.tls_files.ca,
        "SENTUH_KAFKA_CERTIFICATE_FILE": kafka.tls_files.certificate,
        "SENTUH_KAFKA_KEY_FILE": kafka.tls_files.key,
        "SENTUH_REDIS_URL": redis.url,
        "SENTUH_REDIS_CLUSTER": str(redis.cluster).lower(),
        "SENTUH_REDIS_USER": redis.user,
        "SENTUH_REDIS_PASSWORD": redis.password,
        "SENTUH_REDIS_CA_FILE": redis.tls_files.ca,
        "SENTUH_TOPIC_PREFIX": parties.names.prefix,
        "SENTUH_INTAKE_CATALOG_FILE": str(catalog),
        "SENTUH_ROUTER_TOKEN_KEYS": f"secure={'s' * 40}",
        "SENTUH_ROUTER_DUE_AGAIN_SECONDS": "3",
        "SENTUH_ROUTER_LANE_AGAIN_SECONDS": "3",
        "SENTUH_PUBLISH_SECONDS": "5",
        "SENTUH_SESSION_SECONDS": "8",
        "SENTUH_EPOCH_QUIET_SECONDS": "10",
        "SENTUH_UNSETTLED_SECONDS": "8",
        "SENTUH_START_SECONDS": "300",
        "SENTUH_ENV": "prod" if kafka.encrypted and redis.encrypted else "dev",
    }
    return ServiceProcess(name, name, home, settings)
