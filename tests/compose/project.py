"""One compose project of its own: other ports, other volumes, beside any that runs already."""

import json
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sentuh.embedded.child import free_port
from shared.contracts.topics import SERVICES
from tests.architecture.source import ROOT

PORTS = {
    **{service: f"SENTUH_{service.upper()}_HTTP_PORT" for service in SERVICES},
    "kafka": "SENTUH_KAFKA_PORT",
    "prometheus": "SENTUH_PROMETHEUS_PORT",
    "alertmanager": "SENTUH_ALERTMANAGER_PORT",
    "auditor": "SENTUH_AUDITOR_PORT",
}
"""Which variable moves a service's port on this machine."""
LABEL = "label=com.docker.compose.project"
COMMAND_SECONDS = 1800.0
KINDS = {
    "container": ("ps", "--all", "--quiet"),
    "volume": ("volume", "ls", "--quiet"),
    "network": ("network", "ls", "--quiet"),
}


class Project:
    """The compose file under a name and on ports of its own; `settings` are further variables."""

    def __init__(self, name: str, settings: dict[str, str]) -> None:
        self.name = name
        self.ports = {service: free_port() for service in PORTS}
        ports = {PORTS[service]: str(port) for service, port in self.ports.items()}
        self._environment = {**os.environ, **ports, **settings, "COMPOSE_PROJECT_NAME": name}

    @property
    def bootstrap(self) -> str:
        """Where clients on this machine find its Kafka."""
        return f"127.0.0.1:{self.ports['kafka']}"

    def run(self, *command: str) -> str:
        """Run a command of the repository on this project; what it printed."""
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self._environment,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def compose(self, *arguments: str) -> str:
        """Run docker compose."""
        return self.run("docker", "compose", *arguments)

    def inspect(self, service: str) -> Any:
        """What the engine knows of a service's container."""
        found = self.compose("ps", "--all", "--quiet", service).split()
        assert len(found) == 1, f"{service} has {len(found)} containers"
        return json.loads(self.run("docker", "inspect", found[0]))[0]

    def left(self) -> dict[str, list[str]]:
        """Containers, volumes and networks of the project, by kind."""
        return {
            kind: self.run("docker", *listing, "--filter", f"{LABEL}={self.name}").split()
            for kind, listing in KINDS.items()
        }

    def mounted(self) -> set[str]:
        """Every volume of its containers, those without a name too."""
        ids = self.compose("ps", "--all", "--quiet").split()
        containers = json.loads(self.run("docker", "inspect", *ids))
        mounts = [mount for container in containers for mount in container["Mounts"]]
        return {mount["Name"] for mount in mounts if mount["Type"] == "volume"}

    def kill(self, service: str) -> None:
        """SIGKILL for the main process, as a crash has it: no stop by hand, and so a restart.

        It comes from outside: a process cannot kill number 1 of its own container.
        """
        state = self.inspect(service)
        killer = ("docker", "run", "--rm", "--pid=host", "--network=none", "--user=0")
        self.run(*killer, state["Image"], "sh", "-c", f"kill -9 {state['State']['Pid']}")

    def wait_restarted(self, service: str, seconds: float) -> int:
        """Until it has been restarted and is healthy again; how often it was restarted in all."""
        limit = time.monotonic() + seconds
        while True:
            found = self.inspect(service)
            health = found["State"].get("Health", {}).get("Status")
            if found["RestartCount"] and health == "healthy":
                return int(found["RestartCount"])
            assert time.monotonic() < limit, f"{service}: {found['State']}"
            time.sleep(1)

    def file_in(self, service: str, path: str) -> str:
        """The text of a file in a container."""
        return self.compose("exec", "-T", service, "cat", path)

    def in_it(self, service: str, *command: str) -> Sequence[str]:
        """Lines that a command says inside a service's container."""
        return self.compose("exec", "-T", service, *command).splitlines()


def write_catalog(path: Path, text: str) -> Path:
    """A catalog that processes of other users can read."""
    path.write_text(text)
    path.chmod(0o644)
    return path
