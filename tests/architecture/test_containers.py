"""What runs in containers has no right it does not need, and agrees with the rest of the house."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from sentuh.embedded.servers import kafka_version
from shared.connect.settings import ServiceSettings
from shared.contracts.topics import SERVICES
from tests.architecture.source import ROOT
from tests.support.cluster import containers

COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
OURS = ("sentuh:local", "sentuh-demo:local")
UNITS = {"s": 1, "m": 60}


def services() -> Mapping[str, Any]:
    """Every service of the compose file, by name."""
    return dict(yaml.safe_load(COMPOSE.read_text())["services"])


def wrong(name: str, service: Mapping[str, Any]) -> list[str]:
    """What one service is allowed too much, each with its fix."""
    found = []
    if service.get("cap_drop") != ["ALL"]:
        found.append(f"{name}: add cap_drop: [ALL]")
    if "no-new-privileges:true" not in service.get("security_opt", ()):
        found.append(f"{name}: add security_opt: [no-new-privileges:true]")
    if "mem_limit" not in service:
        found.append(f"{name}: add mem_limit")
    if service["image"] in OURS and not (service.get("read_only") and service.get("user")):
        found.append(f"{name}: add read_only and user")
    open_ports = [port for port in service.get("ports", ()) if not port.startswith("127.0.0.1:")]
    return found + [f"{name}: publish {port} on 127.0.0.1 alone" for port in open_ports]


def seconds(text: str) -> int:
    """A duration as the compose file has it."""
    return int(text[:-1]) * UNITS[text[-1]]


def test_nothing_is_allowed_more_than_it_needs() -> None:
    found = [line for name, service in services().items() for line in wrong(name, service)]

    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_more_time_to_stop_than_it_takes(name: str) -> None:
    service = services()[name]

    assert (
        seconds(service["stop_grace_period"]) > ServiceSettings.model_fields["stop_seconds"].default
    )
    assert service["healthcheck"]["test"][:2] == ["CMD", "ready"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_the_image_lets_a_service_be_asked_from_outside_its_container(name: str) -> None:
    said = re.findall(r"^ENV (.*)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)
    service = services()[name]

    assert f"SENTUH_{name.upper()}_HTTP_HOST=0.0.0.0" in " ".join(said).split()
    assert service["image"] in OURS
    assert f"SENTUH_{name.upper()}_HTTP_HOST" not in service["environment"]


def test_tests_and_compose_run_the_same_images() -> None:
    found = services()

    assert found["kafka"]["image"] == f"apache/kafka:{kafka_version()}"
    assert found["kafka"]["image"] == containers.KAFKA_IMAGE
    assert found["redis"]["image"] == containers.REDIS_IMAGE
    assert f"PYTHON_IMAGE={containers.PYTHON_IMAGE}\n" in DOCKERFILE


def test_too_much_is_caught() -> None:
    loose = {"image": "sentuh:local", "ports": ["8101:8101"]}

    assert len(wrong("loose", loose)) == 5
