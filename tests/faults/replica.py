"""One process of a service that can be armed with faults, and what its metrics say."""

import os
import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sentuh.demo.processes import ServiceProcess
from tests.journeys.stack import TOKEN_KEYS

SERVICES = ("intake", "router", "qa", "payout")
TWO_EACH = SERVICES + SERVICES
_SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")


@dataclass(frozen=True, slots=True)
class Site:
    """Where a run takes place; `session_seconds` is the shortest the broker lets pass."""

    bootstrap: str
    prefix: str
    redis_url: str
    home: Path
    session_seconds: int = 4

    @property
    def fired(self) -> Path:
        """The file that gets a line per firing."""
        return self.home / "fired.txt"

    @property
    def catalog(self) -> Path:
        """The operator's file."""
        return self.home / "catalog.json"

    def settings(self) -> dict[str, str]:
        """What every process is told: the usual, its waits shortened in proportion."""
        return {
            "SENTUH_KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "SENTUH_REDIS_URL": self.redis_url,
            "SENTUH_TOPIC_PREFIX": self.prefix,
            "SENTUH_INTAKE_CATALOG_FILE": str(self.catalog),
            "SENTUH_ROUTER_TOKEN_KEYS": TOKEN_KEYS,
            "SENTUH_ROUTER_DUE_AGAIN_SECONDS": "3",
            "SENTUH_ROUTER_LANE_AGAIN_SECONDS": "3",
            "SENTUH_PUBLISH_SECONDS": "3",
            "SENTUH_SESSION_SECONDS": str(self.session_seconds),
            "SENTUH_EPOCH_QUIET_SECONDS": str(max(self.session_seconds + 1, 6)),
            "SENTUH_UNSETTLED_SECONDS": "5",
            "SENTUH_SWEEP_SECONDS": "0.5",
            "SENTUH_START_SECONDS": "600",
            "SENTUH_STOP_SECONDS": "40",
            "SENTUH_FAULTS_LOG": str(self.fired),
        }


class Replica(ServiceProcess):
    """One process; `faults` and `redis_url` hold for its next start.

    Its name in its group outlives it.
    """

    stop_seconds = 50.0

    def __init__(self, service: str, number: int, site: Site) -> None:
        super().__init__(f"{service}-{number}", service, site.home, site.settings())
        self.faults = ""
        self.redis_url = site.redis_url

    def environment(self) -> Mapping[str, str]:
        """Return the settings, the faults and the way to Redis with them."""
        own = {"SENTUH_FAULTS": self.faults, "SENTUH_REDIS_URL": self.redis_url}
        return {**super().environment(), **own}

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal and wait for nothing."""
        os.kill(self.pid, number)

    def metrics(self) -> dict[str, float]:
        """Every sample by its name and labels as they are written; none while it is away."""
        status, text = self.ask("/metrics")
        return samples(text) if status == 200 else {}

    def batches(self) -> float:
        """How many batches this life of it has taken through."""
        return self.sample(self.metrics(), "batch_seconds_count")

    def sample(self, metrics: Mapping[str, float], name: str) -> float:
        """One of its own samples; 0 where there is none."""
        return metrics.get(f"sentuh_{self.service}_{name}", 0.0)


def samples(text: str) -> dict[str, float]:
    """The samples of a scrape."""
    found = {}
    for line in text.splitlines():
        match = _SAMPLE.match(line)
        if match:
            labels = f"{{{match[2]}}}" if match[2] else ""
            found[match[1] + labels] = float(match[3])
    return found
