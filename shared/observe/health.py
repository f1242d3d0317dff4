"""Serves /live, /ready and /metrics: whether a process lives, and whether it can work.

/live fails only where a restart helps; Kafka or Redis being away makes /ready fail. The server is
plain ASGI on uvicorn. FastStream's application would start its broker together with the server,
while here /live answers from the first second and nothing is consumed before state is caught up.
"""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import uvicorn
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from shared.contracts.errors import SettingError
from shared.observe.metrics import PatternMetrics

PROBE_SECONDS = 1.0
STALE_SECONDS = 5.0
END_SECONDS = 2
STILL_SECONDS = 30.0
"""Seconds without a handled record, while some wait, after which a process is not ready."""

Probe = Callable[[], Awaitable[bool]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class AskedHealth(Protocol):
    """Answers what is asked over HTTP: the names of what is amiss; an empty list means well."""

    def not_live(self) -> list[str]:
        """Return what only a restart can mend."""
        ...

    def not_ready(self) -> list[str]:
        """Return what the process waits for before it can work."""
        ...


@dataclass(slots=True)
class Health:
    """The health of a process, asked once a second.

    `probes` ask Kafka, Redis and the service by name, and `tasks` say of each task that must run
    whether it does. `stuck` tells what a restart may mend; `still` that records wait and none is
    handled, whatever the reason. Example: `not_ready()` gives `["Redis does not answer"]`.
    """

    metrics: PatternMetrics
    probes: Mapping[str, Probe]
    tasks: Mapping[str, Callable[[], bool]]
    stuck: "Stuck"
    still: "Stuck | None" = None
    asked_at: float = 0.0
    amiss: list[str] = field(default_factory=lambda: ["starting"])

    def not_live(self) -> list[str]:
        """Return what only a restart can mend."""
        dead = [f"{name} ended" for name, alive in self.tasks.items() if not alive()]
        return dead + ([f"nothing handled: {self.stuck.verdict}"] if self.stuck.verdict else [])

    def not_ready(self) -> list[str]:
        """Return what the process waits for before it can work."""
        if time.monotonic() - self.asked_at > STALE_SECONDS:
            return ["the probes do not come round"]
        return self.amiss

    async def watch(self) -> None:
        """Ask every probe once a second, until cancelled."""
        while True:
            names = list(self.probes)
            answers = await asyncio.gather(*(_ask(self.probes[name]) for name in names))
            self.learn([name for name, well in zip(names, answers, strict=True) if not well])
            await asyncio.sleep(PROBE_SECONDS)

    def learn(self, unwell: list[str]) -> None:
        """Take the names of the probes that are not well, and look whether records are handled."""
        # The probes alone: were a standstill among them, /live would never tell of one.
        self.stuck.look(calm=not unwell)
        if self.still:
            self.still.look(calm=True)
        standstill = [self.still.verdict] if self.still and self.still.verdict else []
        self.amiss = unwell + standstill
        self.asked_at = time.monotonic()
        self.metrics.ready.set(not self.amiss)
        self.metrics.stuck.set(bool(self.stuck.verdict))


async def _ask(probe: Probe) -> bool:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await probe()
    except Exception:  # noqa: BLE001 - a probe that fails is an answer
        return False


@dataclass(slots=True)
class Stuck:
    """Tells a process that hangs: records wait, none is handled, and Kafka and Redis are well."""

    lag: Callable[[], int]
    handled: Callable[[], int]
    seconds: float
    verdict: str = ""
    _at: float = 0.0
    _handled: int = -1

    def look(self, *, calm: bool) -> None:
        """Compare with the last look; the time starts anew unless all probes are well (`calm`)."""
        lag, handled, now = self.lag(), self.handled(), time.monotonic()
        if not calm or not lag or handled != self._handled:
            self._at, self._handled, self.verdict = now, handled, ""
        elif now - self._at > self.seconds:
            self.verdict = f"{lag} records wait, and none was handled for {now - self._at:.0f} s"


class HealthServer:
    """Serves a process's health on one port."""

    def __init__(self, health: AskedHealth, registry: CollectorRegistry) -> None:
        self._health = health
        self._registry = registry
        self._server: _Server | None = None

    def bind(self, host: str, port: int, *, named: str) -> socket.socket:
        """Bind the port; raises SettingError that names the setting where it is in use."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            return socket.create_server((host, port), family=family)
        except OSError as failure:
            fix = f"{host}:{port} cannot be had ({failure.strerror}): give a free port"
            raise SettingError(f"{named}: {fix}") from failure

    async def serve(self, bound: socket.socket) -> None:
        """Serve until stopped."""
        config = uvicorn.Config(
            self,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=END_SECONDS,
        )
        self._server = _Server(config)
        await self._server.serve(sockets=[bound])

    def stop(self) -> None:
        """Stop the server once it has answered the requests it has."""
        if self._server:
            self._server.should_exit = True

    async def __call__(self, scope: Mapping[str, Any], _receive: object, send: Send) -> None:
        """Answer one ASGI request."""
        match scope.get("path"):
            case "/live":
                await _answer(send, self._health.not_live())
            case "/ready":
                await _answer(send, self._health.not_ready())
            case "/metrics":
                await _say(send, 200, generate_latest(self._registry), CONTENT_TYPE_LATEST)
            case _:
                await _say(send, 404, b"/live, /ready and /metrics are here\n", "text/plain")


class _Server(uvicorn.Server):
    """uvicorn without signal handlers: the process handles them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _answer(send: Send, amiss: list[str]) -> None:
    body = json.dumps({"ok": not amiss, "amiss": amiss}).encode() + b"\n"
    await _say(send, 503 if amiss else 200, body, "application/json")


async def _say(send: Send, status: int, body: bytes, kind: str) -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
