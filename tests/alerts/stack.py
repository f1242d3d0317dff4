"""The compose stack of a run: its own project, ports, catalog, and hurried rules."""

import asyncio
from pathlib import Path

from tests.compose.project import Project

CATALOG = Path(__file__).with_name("catalog.yaml")
GRACE_SECONDS = 20
TRIES = 3


class Stack:
    """One project of docker compose, watched; other faults are made while a command of it runs."""

    def __init__(self, name: str, config: Path) -> None:
        settings = {
            "COMPOSE_PROFILES": "observability",
            "SENTUH_PROMETHEUS_CONFIG": str(config),
            "SENTUH_INTAKE_CATALOG_FILE": str(CATALOG),
            "SENTUH_AUDIT_GRACE_SECONDS": str(GRACE_SECONDS),
            "SENTUH_KAFKA_SESSION_MS": "60000",  # no fault of this run: a machine with much to do
        }
        self._project = Project(name, settings)
        self.bootstrap = self._project.bootstrap

    def where(self, service: str) -> str:
        """Where a service is published."""
        return f"http://127.0.0.1:{self._project.ports[service]}"

    async def up(self) -> None:
        """Start everything and wait until it works; a slow machine is given more than one try."""
        for left in reversed(range(TRIES)):
            try:
                await self.compose("up", "--build", "--detach", "--wait", "--wait-timeout", "300")
            except AssertionError:
                if not left:
                    raise
            else:
                return

    async def down(self) -> None:
        """Leave nothing."""
        await self.compose("down", "--volumes", "--remove-orphans")

    async def compose(self, *arguments: str) -> None:
        """Run docker compose; fails with what it said."""
        await asyncio.to_thread(self._project.compose, *arguments)

    async def kill(self, service: str) -> None:
        """Kill -9 of its process, and start it again: Docker takes a kill as the user's word."""
        await self.compose("kill", service)
        await self.compose("start", service)
