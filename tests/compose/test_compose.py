"""Up, a thousand outputs with a service killed among them, audited, down: nothing is left."""

import asyncio
import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentuh.demo.parts import CATALOG, catalog
from sentuh.demo.progress import Counts, count_sent, follow
from sentuh.demo.wire import Link
from shared.contracts.topics import SERVICES, Names
from tests.compose.project import Project, write_catalog
from tests.support.cluster.containers import why_no_compose

pytestmark = [pytest.mark.compose, pytest.mark.slow]

OUTPUTS, RATE = 1000, 20
KILL_AT = 200
"""So many outputs are decided when a service is killed."""
DONE_SECONDS = 1800
SENT = "/var/lib/sentuh/demo/sent.jsonl"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Up and healthy; taken down at the end whatever happens."""
    if why := why_no_compose():
        pytest.skip(f"the compose file is not tried: {why}")
    home = tmp_path_factory.mktemp("compose")
    short = write_catalog(home / "catalog.yaml", catalog(CATALOG.read_text()))
    settings = {
        "SENTUH_INTAKE_CATALOG_FILE": str(short),
        "SENTUH_DEMO_OUTPUTS": str(OUTPUTS),
        "SENTUH_DEMO_RATE": str(RATE),
    }
    stack = Project(f"sentuh-test-{uuid.uuid4().hex[:8]}", settings)
    try:
        stack.compose("--profile", "demo", "build", "--quiet")
        began = time.monotonic()
        stack.compose("up", "--wait")
        print(f"\nhealthy after {time.monotonic() - began:.0f} s")
        yield stack
    finally:
        stack.run("make", "down")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_do_nothing_but_its_work(project: Project, service: str) -> None:
    found = project.inspect(service)
    host = found["HostConfig"]

    assert found["Config"]["User"] == "10001:10001"
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert not host["Privileged"]
    assert host["Memory"]
    assert host["PidsLimit"]
    assert found["State"]["Health"]["Status"] == "healthy"
    status = project.in_it(service, "cat", "/proc/1/status")
    assert "CapEff:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status
    refused = project.in_it(service, "sh", "-c", "touch /app/x 2>&1 || true")
    assert "Read-only file system" in refused[0]


def test_ports_are_on_the_loopback_alone(project: Project) -> None:
    bound = [
        binding["HostIp"]
        for container in ("kafka", "redis", *SERVICES)
        for bindings in (project.inspect(container)["NetworkSettings"]["Ports"] or {}).values()
        for binding in bindings or ()
    ]

    assert len(bound) == 5
    assert set(bound) == {"127.0.0.1"}


def test_no_secret_is_in_an_environment(project: Project) -> None:
    held = project.file_in("router", "/run/secrets/router/token_keys").strip()
    password = project.file_in("qa", "/run/secrets/redis/url").split(":")[2].partition("@")[0]

    for service in SERVICES:
        told = json.dumps(project.inspect(service)["Config"])
        assert held not in told
        assert password not in told
    assert project.in_it("qa", "ls", "/run/secrets") == ["redis"]


async def test_a_thousand_outputs_and_a_service_killed_among_them(
    project: Project, tmp_path: Path
) -> None:
    said = await asyncio.to_thread(project.run, "make", "up", "PROFILES=demo")
    assert f"http://127.0.0.1:{project.ports['intake']}" in said
    counts = Counts()
    link = Link(project.bootstrap, Names(""), seed=1)
    following = asyncio.create_task(follow(link, counts))
    try:
        await _until(lambda: counts.decided >= KILL_AT, counts)
        killed_at = counts.decided
        await asyncio.to_thread(project.kill, "router")
        times = await asyncio.to_thread(project.wait_restarted, "router", 300)
        print(f"\nrouter killed after {killed_at} verdicts; restarts: {times}")
        meanwhile = json.loads(await asyncio.to_thread(_audit, project, "--allow-open"))
        assert meanwhile["ok"], meanwhile["broken"]
        sent = tmp_path / "sent.jsonl"
        await _until(lambda: _all_sent(project, sent, counts), counts)
        await _until(counts.complete, counts)
    finally:
        following.cancel()

    audited = json.loads(await asyncio.to_thread(_audit, project, "--sent", SENT))
    assert counts.sent == OUTPUTS
    assert audited["ok"], audited["broken"]
    assert [found["status"] for found in audited["findings"]] == ["ok"] * 12
    print(f"audited: {audited['counts']}")


def _audit(project: Project, *more: str) -> str:
    """The audit as `make up` tells an operator to run it, who has the publisher's list too."""
    audit = ("sentuh", "audit", "--redis", "--json", *more)
    volume = f"{project.name}_demo:/var/lib/sentuh/demo:ro"
    return project.compose("run", "--rm", "-T", "-v", volume, *audit)


def _all_sent(project: Project, sent: Path, counts: Counts) -> bool:
    sent.write_text(project.file_in("worker-app", SENT))
    counts.sent = count_sent(sent)
    time.sleep(1)
    return counts.sent == OUTPUTS


async def _until(fact: object, counts: Counts) -> None:
    assert callable(fact)
    limit = time.monotonic() + DONE_SECONDS
    while not await asyncio.to_thread(fact):
        assert time.monotonic() < limit, counts.lacking()
        await asyncio.sleep(0.5)


def test_down_leaves_nothing(project: Project) -> None:
    volumes = project.mounted()
    assert {f"{project.name}_kafka-data", f"{project.name}_redis-data"} < volumes

    project.run("make", "down")

    assert project.left() == {"container": [], "volume": [], "network": []}
    assert not volumes & set(project.run("docker", "volume", "ls", "--quiet").split())
