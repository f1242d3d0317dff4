"""Alive is what a restart could not mend; ready is what works now."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from shared.contracts.topics import Names
from shared.observe import health
from shared.observe.health import Health, HealthServer, Stuck
from shared.observe.metrics import PatternMetrics
from tests.support.processes import until


class World:
    """What a process sees, and what it would say."""

    def __init__(self) -> None:
        self.redis = self.running = True
        self.lag = self.handled = 0
        self.registry = CollectorRegistry()
        self.stuck = Stuck(lambda: self.lag, lambda: self.handled, seconds=10)
        self.health = Health(
            PatternMetrics("payout", self.registry, Names()),
            probes={"Redis does not answer": self.ping},
            tasks={"consumer": lambda: self.running},
            stuck=self.stuck,
            still=Stuck(lambda: self.lag, lambda: self.handled, seconds=5),
        )

    async def ping(self) -> bool:
        if not self.redis:
            await asyncio.sleep(60)
        return True

    async def ask(self, path: str) -> tuple[int, bytes]:
        said: list[Mapping[str, Any]] = []

        async def send(message: Mapping[str, Any]) -> None:
            said.append(message)

        await HealthServer(self.health, self.registry)({"path": path}, None, send)
        return said[0]["status"], said[1]["body"]


async def test_ready_follows_the_probes_and_live_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PROBE_SECONDS", 0.02)
    world = World()
    before = await world.ask("/ready")
    watching = asyncio.create_task(world.health.watch())
    await until(lambda: not world.health.not_ready())
    well = await world.ask("/ready")
    world.redis = False
    await until(world.health.not_ready)

    assert before[0] == 503
    assert well[0] == 200
    status, body = await world.ask("/ready")
    assert status == 503
    assert json.loads(body)["amiss"] == ["Redis does not answer"]
    assert (await world.ask("/live"))[0] == 200
    assert world.registry.get_sample_value("sentuh_payout_ready") == 0
    watching.cancel()


async def test_a_task_that_ended_is_not_alive() -> None:
    world = World()
    world.running = False

    assert await world.ask("/live") == (503, b'{"ok": false, "amiss": ["consumer ended"]}\n')


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("time.monotonic", lambda: seconds)


def test_records_that_wait_while_all_is_well_are_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    world.lag, world.handled = 7, 3
    at(monkeypatch, 100)
    world.stuck.look(calm=True)
    at(monkeypatch, 111)
    world.stuck.look(calm=True)

    assert world.health.not_live() == [
        "nothing handled: 7 records wait, and none was handled for 11 s"
    ]


@pytest.mark.parametrize("unwell", [[], ["state is being made whole"]])
def test_records_that_wait_while_none_is_handled_are_not_ready(
    unwell: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a probe is unwell now and then, as while slots are opened again and again."""
    world = World()
    world.lag, world.handled = 7, 3
    for seconds, amiss in ((100, []), (104, unwell), (110, [])):
        at(monkeypatch, seconds)
        world.health.learn(amiss)
    standing = world.health.not_ready()
    world.handled = 4
    world.health.learn([])

    assert standing == ["7 records wait, and none was handled for 10 s"]
    assert world.health.not_live() == []
    assert world.health.not_ready() == []


@pytest.mark.parametrize(
    ("lag", "handled", "calm"),
    [(7, 4, True), (0, 3, True), (7, 3, False)],
    ids=["progress", "nothing waits", "Kafka or Redis is away"],
)
def test_what_is_no_standstill(
    lag: int, handled: int, calm: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    world.lag, world.handled = 7, 3
    at(monkeypatch, 100)
    world.stuck.look(calm=True)
    world.lag, world.handled = lag, handled
    at(monkeypatch, 200)
    world.stuck.look(calm=calm)

    assert world.health.not_live() == []
