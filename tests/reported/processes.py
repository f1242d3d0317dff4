"""Tries what is no record: a catalog with the command, settings with a service as a process."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import yaml

from sentuh.embedded.servers import Valkey
from tests.reported.cases import Case
from tests.reported.judge import Outcome
from tests.reported.plain_kafka import PlainKafka
from tests.support.cluster import Kafka
from tests.support.processes import Payout, make_topics, settings_for

COMMAND_SECONDS = 120.0
REDIS: Mapping[str, str] = {
    "t43": 'rename-command FUNCTION ""\nrename-command FCALL ""\n',
    "t44": "maxmemory 4mb\nmaxmemory-policy volatile-lru\n",
    "redis-that-evicts-any-key": "maxmemory 4mb\nmaxmemory-policy allkeys-lru\n",
    "redis-of-one-database": "databases 1\n",
    "redis-that-is-a-replica": "replicaof 127.0.0.1 1\n",
    "redis-user-without-functions": "user default on nopass ~* &* +@all -function\n",
}
"""The Redis that a case is about, as lines of the server's configuration."""


def outcome_of(case: Case, kafka: Kafka) -> Outcome:
    """Return how the command or the process of a case ended, and what it printed."""
    read = yaml.safe_load(case.file.read_text(encoding="utf-8"))
    if "task_types" in read:
        return _checked(case.file)
    written = {name: str(value) for name, value in read.items()}
    with _redis_of(case) as url, _kafka_of(written, kafka) as broker:
        place = url.removeprefix("redis://")
        written = {name: value.replace("<redis>", place) for name, value in written.items()}
        return _started(case, broker, url, written)


def _checked(catalog: Path) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-m", "sentuh", "catalog", "check", str(catalog)],
        check=False, capture_output=True, text=True, timeout=COMMAND_SECONDS,
    )  # fmt: skip
    printed = (done.stdout + done.stderr).replace(str(catalog), catalog.name).strip()
    return Outcome(ended="fine" if done.returncode == 0 else "ended", printed=printed)


@contextmanager
def _redis_of(case: Case) -> Iterator[str]:
    """Yield a server of its own, since one server keeps the state of one prefix."""
    with tempfile.TemporaryDirectory() as home:
        include = Path(home) / "further.conf"
        include.write_text(REDIS.get(case.number, ""), encoding="utf-8")
        with Valkey(settings={"include": str(include)}) as server:
            yield server.url


@contextmanager
def _kafka_of(written: dict[str, str], kafka: Kafka) -> Iterator[Kafka]:
    """Yield the broker that the settings are about; they name its port from then on."""
    if written.get("SENTUH_KAFKA_SASL_MECHANISM") != "PLAIN":
        yield kafka
        return
    with tempfile.TemporaryDirectory() as home, PlainKafka(Path(home)) as server:
        written["SENTUH_KAFKA_BOOTSTRAP_SERVERS"] = server.servers
        yield replace(kafka, bootstrap=server.bootstrap)


def _started(case: Case, kafka: Kafka, redis_url: str, written: Mapping[str, str]) -> Outcome:
    """Start payout with these settings over good ones, and wait until it ends or is ready."""
    prefix = f"{case.number}-{time.monotonic_ns()}-"
    make_topics(kafka, prefix)
    own = {name: value for name, value in written.items() if "PORT" not in value}
    with tempfile.TemporaryDirectory() as home:
        process = Payout(settings_for(kafka, redis_url, prefix), Path(home), **own)
        process.spawn()
        try:
            limit = time.monotonic() + COMMAND_SECONDS
            while process.running and not process.ready() and time.monotonic() < limit:
                time.sleep(0.1)
            if process.running:
                return Outcome(ended="ready" if process.ready() else "waits for ever")
        finally:
            process.kill()
        lines = process.log.read_text(encoding="utf-8").strip().splitlines()
    return Outcome(
        ended="ended" if process.exit_code else "fine", printed=lines[-1] if lines else ""
    )
