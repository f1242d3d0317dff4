"""Each quickstart, run as it lies there: from publishing an output to reading its own verdict."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from sentuh.audit.naming import ref_of
from sentuh.stack import KAFKA_START, fetch_kafka, kafka_jars
from shared.events.offers import OfferMade
from shared.events.verdicts import VerdictReached
from shared.partitions import partition_of
from shared.topics import MODEL_OUTPUTS, PRESENCE
from tests.architecture.source import ROOT
from tests.journeys.stack import Platform
from tests.journeys.wire import Wire

HERE = ROOT / "deploy" / "quickstarts"
WORKERS = ("w-quick-1", "w-quick-2", "w-quick-3", "w-quick-4", "w-quick-5")
LIMIT_SECONDS = 150
COMMANDS: Mapping[str, list[str]] = {
    "publish_aiokafka.py": [sys.executable],
    "publish_confluent.py": [sys.executable],
    "publish_console.sh": [],
    "Publish.java": ["java", "-Xmx128m", "-cp", "{jars}/*"],
}

pytestmark = pytest.mark.real_kafka


def environment(platform: Platform) -> dict[str, str]:
    """What a reader of the quickstart sets, and Kafka's tools on the path."""
    path = f"{KAFKA_START.parent / 'bin'}:{os.environ['PATH']}"
    where = {"KAFKA_BOOTSTRAP_SERVERS": platform.bootstrap}
    return {**os.environ, **where, "SENTUH_TOPIC_PREFIX": platform.names.prefix, "PATH": path}


@pytest.fixture(scope="module")
def worker_app(
    platform: Platform, wire: Wire, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The quickstart for worker apps, which answers everything meanwhile; what it prints."""
    said = tmp_path_factory.mktemp("worker-app") / "said"
    with said.open("w") as out:
        app = subprocess.Popen(
            [sys.executable, HERE / "answer.py", "--answer", "right", *WORKERS],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment(platform),
        )  # fmt: skip
        try:
            wire.until(lambda: len(wire.records(PRESENCE)) == len(WORKERS))
            yield said
        finally:
            app.terminate()
            app.wait(LIMIT_SECONDS)


def run(name: str, platform: Platform) -> str:
    """What a quickstart prints."""
    if name == "Publish.java":
        fetch_kafka()
    command = [part.format(jars=kafka_jars()) for part in COMMANDS[name]]
    done = subprocess.run(
        [*command, str(HERE / name)], check=False, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=LIMIT_SECONDS, env=environment(platform),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_a_quickstart_publishes_and_reads_its_own_verdict(
    name: str, platform: Platform, wire: Wire, worker_app: Path
) -> None:
    published, verdict = run(name, platform).splitlines()

    named = published.removeprefix("published ")
    (told,) = wire.until(
        lambda: [v for v in wire.of(VerdictReached) if v.ref.id == named], seconds=LIMIT_SECONDS
    )
    assert (told.by, told.answer) == ("people", "right")
    assert verdict.startswith("verdict: right (")
    assert told.stop_reason in verdict
    offered = {offer.key for offer in wire.of(OfferMade) if offer.claims.task_id == told.task_id}
    assert offered <= set(WORKERS)
    assert f"{min(offered)} answered right" in worker_app.read_text()
    (record,) = (r for r in wire.records(MODEL_OUTPUTS) if (ref_of(r) or ("", ""))[1] == named)
    assert record.key is None or record.partition == partition_of(record.key.decode())


def test_every_quickstart_is_run_here_and_named_in_the_readme() -> None:
    there = {path.name for path in HERE.iterdir() if path.is_file()}

    assert there == {*COMMANDS, "answer.py"}
    assert there <= set(re.findall(r"[\w.]+\.(?:py|sh|java)", (ROOT / "README.md").read_text()))
