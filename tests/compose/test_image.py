"""What the image's own small programs do, tried without an image."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from services.router.settings import RouterSettings
from shared.connect.settings import settings_of
from shared.contracts.topics import Names
from shared.observe.health import Health, HealthServer, Stuck
from shared.observe.metrics import PatternMetrics
from tests.architecture.source import ROOT

IMAGE = ROOT / "deploy" / "image"


async def asked(port: int) -> tuple[int | None, str]:
    """What `ready PORT` ends with and says."""
    done = await asyncio.create_subprocess_exec(
        *(sys.executable, "-IS", str(IMAGE / "ready"), str(port)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await done.communicate()
    return done.returncode, said.decode()


async def test_ready_says_what_the_service_says() -> None:
    registry = CollectorRegistry()
    health = Health(
        PatternMetrics("payout", registry, Names("")),
        probes={},
        tasks={},
        stuck=Stuck(lambda: 0, lambda: 0, 60),
    )
    server = HealthServer(health, registry)
    bound = server.bind("127.0.0.1", 0, named="PORT")
    serving = asyncio.create_task(server.serve(bound))
    port = bound.getsockname()[1]

    before, why = await asked(port)
    watching = asyncio.create_task(health.watch())
    await asyncio.sleep(0)
    ready, _ = await asked(port)
    watching.cancel()
    server.stop()
    await serving
    gone, _ = await asked(port)

    assert before == 1
    assert ready == 0
    assert gone == 1
    assert "the probes do not come round" in why


def make_secrets(home: Path) -> None:
    """Run it as the compose file does."""
    subprocess.run(["sh", str(IMAGE / "make-secrets"), str(home)], check=True, timeout=120)


def test_secrets_are_made_once_and_are_what_services_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("redis", "router"):
        (tmp_path / name).mkdir()
    make_secrets(tmp_path)
    first = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    make_secrets(tmp_path)
    url, keys = tmp_path / "redis" / "url", tmp_path / "router" / "token_keys"
    monkeypatch.setenv("SENTUH_REDIS_URL_FILE", str(url))
    monkeypatch.setenv("SENTUH_ROUTER_TOKEN_KEYS_FILE", str(keys))

    router = settings_of(RouterSettings)

    assert {path: path.read_text() for path in first} == first
    password = first[tmp_path / "redis" / "redis.conf"].split()[1]
    assert re.fullmatch("[0-9a-f]{64}", password)
    assert router.redis_url == f"redis://:{password}@redis:6379/0"
    assert router.token_keys.get_secret_value() == first[keys].strip()
