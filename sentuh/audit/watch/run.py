"""The standing audit as a process: follow, look, expose, until it is told to stop."""

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
"""It is not ready when its last look is older than this and the pause between two."""


@dataclass(frozen=True, slots=True)
class Watching:
    """How it is run. `grace_seconds`: so long a next step may take before it is overdue."""

    bootstrap: KafkaAccess | str
    names: Names
    host: str = "127.0.0.1"
    port: int = 8105
    every_seconds: float = 10.0
    grace_seconds: float = 300.0


def watch(watching: Watching) -> int:
    """Run until a signal; 0, whatever was found: it is the alerts that speak of it."""
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
        self._said = ""
        self._looked: float | None = None

    def not_live(self) -> list[str]:
        """Nothing that a restart would mend: it ends by itself."""
        return []

    def not_ready(self) -> list[str]:
        """What it waits for before its word counts."""
        if self._looked is None:
            return ["the topics are being read from their beginning"]
        seconds = time.monotonic() - self._looked
        if seconds > self._watching.every_seconds + RECENT_SECONDS:
            return [f"its last look is {seconds:.0f} s old: Kafka is away, or it cannot keep up"]
        return []

    async def run(self) -> None:
        """Round after round; each reads only what has come since the last."""
        await self.start()
        try:
            while True:
                await self.once()
                await asyncio.sleep(self._watching.every_seconds)
        finally:
            await self.stop()

    async def start(self) -> None:
        """Connect; SettingError where a topic is not there."""
        await self._following.start()

    async def stop(self) -> None:
        """Disconnect."""
        await self._following.stop()

    async def once(self) -> Findings:
        """Read past this moment, however long that takes, and say what is wrong at it."""
        moment, began = time.time(), time.monotonic()
        while not await self._read(moment):
            pass
        found = self._standing.look(moment)
        self._metrics.unreadable.set(self._standing.unreadable)
        self._metrics.found(found, moment)
        self._looked = began
        self._say(found)
        return found

    async def _read(self, moment: float) -> bool:
        """Take what has come; whether that is all there was at the moment."""
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

    def _say(self, found: Findings) -> None:
        """Ids go to the log, once as long as they are the same; numbers to the metrics."""
        said = str(found.subjects)
        if said != self._said:
            self._said = said
            if found.ok:
                log.info("nothing is lost, stuck or paid twice")
            else:
                log.warning("overdue", subjects=found.subjects)
