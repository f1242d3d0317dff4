"""Each quickstart, run as it lies there: from publishing an output to reading its own verdict."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sentuh.broker.topics import apply
from sentuh.embedded.servers import KAFKA_START, fetch_kafka, kafka_jars
from sentuh.history.output_refs import ref_of
from shared.contracts import envelope
from shared.contracts.events.offers import OfferMade, ShownWhy
from shared.contracts.events.parts import Requirement
from shared.contracts.events.people import WorkerProfiled
from shared.contracts.events.responses import OfferAnswered, OfferDeclined
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.partitions import partition_of
from shared.contracts.topics import MODEL_OUTPUTS, PRESENCE, RESPONSES, WORKERS, Names
from tests.architecture.source import ROOT
from tests.journeys.hostile import TOKEN, claims
from tests.journeys.stack import Platform
from tests.journeys.wire import Wire
from tests.support.builders import an_output
from tests.support.cluster import Kafka

HERE = ROOT / "deploy" / "quickstarts"
PEOPLE = ("w-quick-1", "w-quick-2", "w-quick-3", "w-quick-4", "w-quick-5")
LIMIT_SECONDS = 300
COMMANDS: Mapping[str, list[str]] = {
    "publish_aiokafka.py": [sys.executable],
    "publish_confluent.py": [sys.executable],
    "publish_console.sh": [],
    "Publish.java": ["java", "-Xmx128m", "-cp", "{jars}/*"],
}

pytestmark = pytest.mark.real_kafka


def where(bootstrap: str, prefix: str) -> dict[str, str]:
    """What a reader of the quickstart sets, and Kafka's tools on the path."""
    path = f"{KAFKA_START.parent / 'bin'}:{os.environ['PATH']}"
    named = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "SENTUH_TOPIC_PREFIX": prefix}
    return {**os.environ, **named, "PATH": path}


def environment(platform: Platform) -> dict[str, str]:
    """The same for a running platform."""
    return where(platform.bootstrap, platform.names.prefix)


@pytest.fixture(scope="module")
def worker_app(
    platform: Platform, wire: Wire, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The quickstart for worker apps, which answers everything meanwhile; what it prints."""
    said = tmp_path_factory.mktemp("worker-app") / "said"
    with said.open("w") as out:
        app = subprocess.Popen(
            [sys.executable, HERE / "answer.py", "--answer", "right", *PEOPLE],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment(platform),
        )  # fmt: skip
        try:
            wire.until(lambda: len(wire.records(PRESENCE)) == len(PEOPLE))
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
    assert told.by == "people"
    assert told.answer == "right"
    assert verdict.startswith("verdict: right (")
    assert told.stop_reason in verdict
    offered = {offer.key for offer in wire.of(OfferMade) if offer.claims.task_id == told.task_id}
    assert offered <= set(PEOPLE)
    assert f"{min(offered)} answered right" in worker_app.read_text()
    (record,) = (r for r in wire.records(MODEL_OUTPUTS) if (ref_of(r) or ("", ""))[1] == named)
    assert record.key is None or record.partition == partition_of(record.key.decode())


@pytest.mark.parametrize(
    ("typed", "answered"),
    [
        ("perhaps\n1\n", {"answer": "1"}),
        ("perhaps\nno_time\n", {"reason": "no_time"}),
        (
            "bored of it\nmedia_unusable it is only noise\n",
            {"reason": "media_unusable", "note": "it is only noise"},
        ),
    ],
)
def test_the_worker_app_asks_who_sits_before_it(
    kafka: Kafka, prefix: str, typed: str, answered: Mapping[str, str]
) -> None:
    names = Names(prefix)
    asyncio.run(apply(kafka.bootstrap, names))
    wire = Wire(kafka.bootstrap, names)
    app = subprocess.Popen(
        [sys.executable, HERE / "answer.py", "--skill", "animals=2", "w-asked"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=where(kafka.bootstrap, prefix),
    )  # fmt: skip
    try:
        wire.until(lambda: wire.records(PRESENCE))
        offer = an_offer("w-asked")
        wire.say(offer)
        assert app.stdin is not None
        app.stdin.write(typed)
        app.stdin.flush()
        (record,) = wire.until(lambda: wire.records(RESPONSES))
        (profiled,) = wire.until(lambda: wire.records(WORKERS))
    finally:
        app.terminate()
        shown = app.communicate(timeout=LIMIT_SECONDS)[0]
        wire.close()
    _, response = envelope.decode(record, RESPONSES)
    assert isinstance(response, OfferAnswered | OfferDeclined)
    assert response.worker_id == "w-asked"
    assert response.token == offer.token
    sent = response.model_dump(include={"answer", "reason", "note"}, exclude_none=True)
    assert sent == answered
    assert shown.count("0 / 1?") == 2
    _, profile = envelope.decode(profiled, WORKERS)
    assert isinstance(profile, WorkerProfiled)
    assert profile.skills == {"animals": 2}


def an_offer(worker_id: str) -> OfferMade:
    """A letter as the router writes them."""
    return OfferMade(
        pool="main", at=datetime.now(UTC), claims=claims(worker_id), question="Is it right?",
        output=an_output(), token=TOKEN,
        why=ShownWhy(required=Requirement()),
    )  # fmt: skip


def test_every_quickstart_is_run_here_and_named_for_publishers() -> None:
    there = {path.name for path in HERE.iterdir() if path.is_file()}

    assert there == {*COMMANDS, "answer.py"}
    page = (ROOT / "docs" / "publish.md").read_text(encoding="utf-8")
    assert there <= set(re.findall(r"[\w.]+\.(?:py|sh|java)", page))
