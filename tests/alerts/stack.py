"""The compose stack of a run: its own project, ports, catalog, and hurried rules."""

import asyncio
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.architecture.source import ROOT

PORTS = (
    "KAFKA", "INTAKE_HTTP", "ROUTER_HTTP", "QA_HTTP", "PAYOUT_HTTP", "PROMETHEUS",
    "ALERTMANAGER", "AUDITOR",
)  # fmt: skip
CATALOG = Path(__file__).with_name("catalog.yaml")
GRACE_SECONDS = 20
TRIES = 3


@dataclass
class Stack:
    """One project of docker compose."""

    project: str
    config: Path
    ports: Mapping[str, int] = field(default_factory=lambda: {name: _free() for name in PORTS})

    def where(self, name: str) -> str:
        """Where a port is published."""
        return f"http://127.0.0.1:{self.ports[name]}"

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

    async def compose(self, *arguments: str) -> str:
        """Run docker compose; returns what it said, fails with it."""
        command = ["docker", "compose", "--profile", "observability", *arguments]
        return await _run(command, self._environment())

    async def kill(self, service: str) -> None:
        """Kill -9 of its process, and start it again: Docker takes a kill as the user's word."""
        container = (await self.compose("ps", "--all", "--quiet", service)).strip()
        await _run(["docker", "kill", "--signal", "KILL", container], insist=False)
        await _run(["docker", "start", container])

    def _environment(self) -> Mapping[str, str]:
        ports = {f"SENTUH_{name}_PORT": str(port) for name, port in self.ports.items()}
        return {
            **os.environ,
            **ports,
            "COMPOSE_PROJECT_NAME": self.project,
            "SENTUH_PROMETHEUS_CONFIG": str(self.config),
            "SENTUH_INTAKE_CATALOG_FILE": str(CATALOG),
            "SENTUH_AUDIT_GRACE_SECONDS": str(GRACE_SECONDS),
            "SENTUH_KAFKA_SESSION_MS": "60000",  # no fault of this run: a machine with much to do
        }


async def _run(
    command: list[str], environment: Mapping[str, str] | None = None, *, insist: bool = True
) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    if insist and process.returncode:
        raise AssertionError(f"{' '.join(command)}: {err.decode()[-2000:]}")
    return out.decode()


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
