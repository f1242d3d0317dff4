"""Runs the standing audit as a process: follows the topics and exposes metrics until a signal."""

import asyncio
import signal
import socket
import time
from dataclasses import dataclass

import structlog
from aiokafka.errors import KafkaError
from prometheus_client import CollectorRegistry, ProcessCollector

from sentuh.audit.watch.following import Following
from sentuh.audit.watch.metrics import AuditorMetrics
from sentuh.audit.watch.standing import Findings, Standing
from shared.connect.access import KafkaAccess
from shared.contracts.topics import Names
from shared.observe import logs
from shared.observe.health import HealthServer

log = structlog.get_logger()

AGAIN_SECONDS = 2.0
RECENT_SECONDS = 60.0
"""It is not ready if its last look is older than this and the pause between two looks."""


@dataclass(frozen=True, slots=True)
class Watching:
    """The settings of a run; a next step is overdue `grace_seconds` after it was due."""

    bootstrap: KafkaAccess | str
    names: Names
    host: str = "127.0.0.1"
    port: int = 8105
    every_seconds: float = 10.0
    grace_seconds: float = 300.0


def watch(watching: Watching) -> int:
    """Run until a signal, then return 0, whatever was found: alerts on the metrics report that."""
    logs.configure(service="auditor", level="INFO")
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    auditor = Auditor(watching, AuditorMetrics(registry))
    server = HealthServer(auditor, registry)
    bound = server.bind(watching.host, watching.port, named="--port")
    asyncio.run(_until_stopped(auditor, server, bound))
    return 0


async def _until_stopped(auditor: "Auditor", server: HealthServer, bound: socket.socket) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    serving = asyncio.create_task(server.serve(bound))
    working = asyncio.create_task(auditor.run())
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        server.stop()
        await serving


class Auditor:
    """Follows the topics and keeps its metrics up to date. One per process."""

    def __init__(self, watching: Watching, metrics: AuditorMetrics) -> None:
        self._watching = watching
        self._metrics = metrics
        self._standing = Standing(watching.names, watching.grace_seconds)
        self._following = Following(watching.bootstrap, watching.names)
        self._logged = ""
        self._looked: float | None = None

    def not_live(self) -> list[str]:
        """Return no reason: the process ends by itself where a restart would help."""
        return []

    def not_ready(self) -> list[str]:
        """Return the reasons why its metrics do not count yet, or no longer."""
        if self._looked is None:
            return ["the topics are being read from their beginning"]
        seconds = time.monotonic() - self._looked
        if seconds > self._watching.every_seconds + RECENT_SECONDS:
            return [f"its last look is {seconds:.0f} s old: Kafka is away, or it cannot keep up"]
        return []

    async def run(self) -> None:
        """Look again and again; each round reads only the records that are new since the last."""
        await self.start()
        try:
            while True:
                await self.once()
                await asyncio.sleep(self._watching.every_seconds)
        finally:
            await self.stop()

    async def start(self) -> None:
        """Connect; SettingError if a topic is missing."""
        await self._following.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._following.stop()

    async def once(self) -> Findings:
        """Read past this moment, however long that takes, and return the findings at it."""
        moment, began = time.time(), time.monotonic()
        while not await self._read(moment):
            pass
        findings = self._standing.look(moment)
        self._metrics.unreadable.set(self._standing.unreadable)
        self._metrics.expose(findings, moment)
        self._looked = began
        self._log(findings)
        return findings

    async def _read(self, moment: float) -> bool:
        """Take new records, and return whether all that were there at the moment are read."""
        try:
            records, now = await self._following.more(), time.time()
            for record in records:
                self._standing.take(record, now)
            self._metrics.records.inc(len(records))
            self._metrics.behind.set(await self._following.behind())
            return await self._following.read_past(moment)
        except (KafkaError, OSError, TimeoutError) as failure:
            log.warning("waiting", cause=str(failure) or type(failure).__name__)
            await asyncio.sleep(AGAIN_SECONDS)
            return False

    def _log(self, findings: Findings) -> None:
        """Log the ids of what is overdue, once for as long as they stay the same."""
        subjects = str(findings.subjects)
        if subjects != self._logged:
            self._logged = subjects
            if findings.ok:
                log.info("nothing is lost, stuck or paid twice")
            else:
                log.warning("overdue", subjects=findings.subjects)
