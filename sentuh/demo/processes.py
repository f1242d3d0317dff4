"""The demo's processes: the four services (two of the router), the upstream, the worker app."""

import json
import secrets
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sentuh.demo.standstill import STILL_SECONDS, Standstill, cpu_ticks, kinds_of_lines
from sentuh.demo.wire import Link
from sentuh.embedded.child import Child, StackError, free_port
from shared.connect.access import RedisAccess

SERVICES = ("intake", "router", "router", "qa", "payout")
HOST = "127.0.0.1"
PROBE_SECONDS = 10.0
LOOK_SECONDS = 0.1
SILENT = "it answers nothing yet"
EPOCH_QUIET_SECONDS, SESSION_SECONDS, PUBLISH_SECONDS = 7, 6, 3
"""Shorter than in production, in proportion: how long a start waits for records still on their
way. Brokers take no session below six seconds."""


class DemoProcess(Child):
    """A Python module as a child; `environment` is added to this process's own."""

    stop_seconds = 60.0

    def __init__(self, name: str, home: Path, command: Sequence[str]) -> None:
        self.name = name
        super().__init__(home)
        self._command = [sys.executable, "-m", *command]
        self._environment: dict[str, str] = {}

    def command(self) -> list[str]:
        """Return the interpreter with the module and its arguments."""
        return self._command

    def environment(self) -> Mapping[str, str]:
        """Return the settings it is given."""
        return self._environment

    def ready(self) -> bool:
        """Return true: such a process is ready as soon as it runs."""
        return True

    def cpu_ticks(self) -> int:
        """Return the CPU time it has used so far; 0 once it has ended."""
        return cpu_ticks(self.pid) if self.running else 0


class ServiceProcess(DemoProcess):
    """One of the four services, with its own port for /live, /ready and /metrics."""

    def __init__(self, name: str, service: str, home: Path, settings: Mapping[str, str]) -> None:
        super().__init__(name, home, [f"services.{service}"])
        self.service = service
        self.port = free_port()
        own = f"SENTUH_{service.upper()}_HTTP"
        self._environment = {**settings, f"{own}_HOST": HOST, f"{own}_PORT": str(self.port)}

    def ready(self) -> bool:
        """Return whether it says so itself."""
        return self.ask("/ready")[0] == 200

    def wait_ready(self) -> None:
        """Wait until it is ready, for as long as it gets on.

        Raises StackError if it ends, or stands still for `STILL_SECONDS`: neither a new kind of
        line in its log nor another answer of /ready, and before the first answer no CPU used.
        """
        standstill = Standstill()
        while (answer := self.ask("/ready"))[0] != 200:
            if not self.running:
                raise StackError(f"{self.name} ended with {self.exit_code}. {self._log_tail()}")
            words = _amiss(answer)
            loading = self.cpu_ticks() if words == SILENT else 0
            if standstill.look((words, kinds_of_lines(self.log), loading), time.monotonic()):
                raise StackError(
                    f"{self.name} has stood still for {STILL_SECONDS:.0f} s at: {words}. Mend what"
                    f" its log names, or end what else keeps this machine busy, and try again."
                    f" {self._log_tail()}"
                )
            time.sleep(LOOK_SECONDS)

    def ask(self, path: str) -> tuple[int, str]:
        """GET a path: HTTP status and body; status 0 while nothing answers."""
        try:
            with urllib.request.urlopen(
                f"http://{HOST}:{self.port}{path}", timeout=PROBE_SECONDS
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""


def _amiss(answer: tuple[int, str]) -> str:
    """Return what an answer of /ready names as amiss. Example: "Redis does not answer"."""
    status, body = answer
    if not status:
        return SILENT
    try:
        return ", ".join(json.loads(body)["amiss"])
    except (ValueError, KeyError, TypeError):
        return body.strip()


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where a run takes place: broker and names, Redis, its working directory, its catalog.

    `embedded`: the broker is the one in the wheel.
    """

    link: Link
    redis: RedisAccess
    home: Path
    catalog: Path
    embedded: bool

    @property
    def truth(self) -> Path:
        """The file of right answers."""
        return self.home / "truth.jsonl"

    @property
    def begin(self) -> Path:
        """The file for which the upstream waits with its first record."""
        return self.home / "begin"

    @property
    def sent(self) -> Path:
        """The file that lists the outputs sent."""
        return self.home / "sent.jsonl"


def services(place: RunPlace) -> list[ServiceProcess]:
    """Return the four services, the router twice, not yet started."""
    settings = {
        "SENTUH_KAFKA_BOOTSTRAP_SERVERS": place.link.bootstrap,
        "SENTUH_KAFKA_IDEMPOTENT": str(not place.embedded).lower(),
        "SENTUH_REDIS_URL": place.redis.url,
        "SENTUH_TOPIC_PREFIX": place.link.names.prefix,
        "SENTUH_INTAKE_CATALOG_FILE": str(place.catalog),
        "SENTUH_ROUTER_TOKEN_KEYS": f"demo={secrets.token_hex(32)}",
        "SENTUH_EPOCH_QUIET_SECONDS": str(EPOCH_QUIET_SECONDS),
        "SENTUH_SESSION_SECONDS": str(SESSION_SECONDS),
        "SENTUH_PUBLISH_SECONDS": str(PUBLISH_SECONDS),
        "SENTUH_LOG_LEVEL": "info",
    }
    processes = []
    for at, service in enumerate(SERVICES):
        twins = SERVICES.count(service)
        name = service if twins == 1 else f"{service}-{SERVICES[: at + 1].count(service)}"
        processes.append(ServiceProcess(name, service, place.home, settings))
    return processes


def publisher(place: RunPlace, outputs: int, rate: int) -> DemoProcess:
    """Return the process of the upstream, not yet started."""
    files = ["--truth", str(place.truth), "--sent", str(place.sent)]
    amount = ["--outputs", str(outputs), "--rate", str(rate), "--begin", str(place.begin)]
    command = ["sentuh.demo.publisher", *place.link.arguments(), *amount, *files]
    return DemoProcess("publisher", place.home, command)


def worker_app(place: RunPlace, workers: int) -> DemoProcess:
    """Return the process of the simulated people, not yet started."""
    crowd = ["--workers", str(workers), "--truth", str(place.truth)]
    return DemoProcess(
        "worker-app", place.home, ["sentuh.demo.worker_app", *place.link.arguments(), *crowd]
    )
