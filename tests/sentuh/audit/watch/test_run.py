"""The auditor on a broker: each record is read once; what is lost is so until it is there."""

import asyncio
import math
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from sentuh.audit.watch import run, standing
from sentuh.audit.watch.metrics import AuditorMetrics
from sentuh.audit.watch.run import Auditor, Watching
from sentuh.broker.topics import apply
from sentuh.embedded.child import free_port
from shared.contracts.topics import TASKS, Names
from shared.observe.health import HealthServer
from tests.architecture.source import ROOT
from tests.sentuh.audit.journals import a_clean_log
from tests.sentuh.audit.wrongs import paid_twice
from tests.sentuh.history.test_topic_reader import publish
from tests.support.cluster import Kafka

LIMIT_SECONDS = 120


class Looked:
    """An auditor and what it exposes."""

    def __init__(self, kafka: Kafka, prefix: str, grace: float) -> None:
        watching = Watching(kafka.bootstrap, Names(prefix), grace_seconds=grace)
        self.registry = CollectorRegistry()
        self.auditor = Auditor(watching, AuditorMetrics(self.registry))

    def metric(self, name: str, **labels: str) -> float:
        found = self.registry.get_sample_value(f"sentuh_auditor_{name}", labels)
        assert found is not None, f"{name} {labels} is not exposed"
        return found

    async def once(self) -> None:
        async with asyncio.timeout(LIMIT_SECONDS):
            await self.auditor.once()


@asynccontextmanager
async def looking(kafka: Kafka, prefix: str, *, grace: float) -> AsyncIterator[Looked]:
    looked = Looked(kafka, prefix, grace)
    await looked.auditor.start()
    try:
        yield looked
    finally:
        await looked.auditor.stop()


async def ready(auditor: Auditor) -> tuple[int, bytes]:
    """What the container's health check is told."""
    said: list[Any] = []

    async def send(part: Any) -> None:
        said.append(part)

    server = HealthServer(auditor, CollectorRegistry())
    await server({"path": "/ready"}, None, send)
    return said[0]["status"], said[1]["body"]


async def test_it_is_ready_once_it_has_looked_and_while_that_is_recent(
    kafka: Kafka, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await apply(kafka.bootstrap, Names(prefix))
    async with looking(kafka, prefix, grace=600) as looked:
        before = await ready(looked.auditor)
        await looked.once()
        after = await ready(looked.auditor)
        monkeypatch.setattr(run, "RECENT_SECONDS", -math.inf)
        later = await ready(looked.auditor)

    assert before[0] == 503
    assert after[0] == 200
    assert later[0] == 503
    assert b"from their beginning" in before[1]
    assert b"its last look is" in later[1]


async def test_each_record_is_read_once_however_often_it_looks(
    kafka: Kafka, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "LINES_SECONDS", math.inf)  # the history is of a fixed day
    log = a_clean_log(Names(prefix))
    await apply(kafka.bootstrap, log.names)
    followed = [one for one in log.records if not one.topic.endswith(("workers", "presence"))]
    await publish(kafka.bootstrap, log.records)
    async with looking(kafka, prefix, grace=600) as looked:
        for _ in range(3):
            await looked.once()

        assert looked.metric("records_total") == len(followed)
        assert looked.metric("behind_records") == 0
        assert looked.metric("double_paid") == 0
        paid_twice(log)
        await publish(kafka.bootstrap, log.records[-2:])
        await looked.once()

        assert looked.metric("records_total") == len(followed) + 2
        assert looked.metric("double_paid") == 1


async def test_what_is_lost_is_so_until_it_is_there(kafka: Kafka, prefix: str) -> None:
    log = a_clean_log(Names(prefix))
    await apply(kafka.bootstrap, log.names)
    late = [one for one in log.records if one.topic == prefix + TASKS.name]
    await publish(kafka.bootstrap, [one for one in log.records if one not in late])
    async with looking(kafka, prefix, grace=0) as looked:
        await looked.once()
        before = looked.metric("looked_at_seconds")
        await looked.once()

        assert looked.metric("lost", what="output") == 2
        await publish(kafka.bootstrap, late)
        await looked.once()

        assert looked.metric("lost", what="output") == 0
        assert looked.metric("looked_at_seconds") > before


async def test_its_process_tells_the_health_check_and_stops_when_told(
    kafka: Kafka, prefix: str
) -> None:
    await apply(kafka.bootstrap, Names(prefix))
    port = str(free_port())
    where = ("--kafka", kafka.bootstrap, "--prefix", prefix, "--port", port)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sentuh", "audit", "--watch", *where, cwd=ROOT
    )
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            while not await healthy(port):
                assert process.returncode is None
                await asyncio.sleep(0.2)
            process.terminate()
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()


async def healthy(port: str) -> bool:
    """What the image's health check says of this port."""
    ready = str(ROOT / "deploy" / "image" / "ready")
    quiet = asyncio.subprocess.DEVNULL
    asked = await asyncio.create_subprocess_exec(
        sys.executable, ready, port, stdout=quiet, stderr=quiet
    )
    return await asked.wait() == 0
