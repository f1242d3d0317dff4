"""Dead letters of a platform at work, listed and sent again by `sentuh dead-letters`."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from pydantic import JsonValue

from sentuh.audit import audit
from shared.contracts.events.model import natural_id
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import TopicPartition
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS, TASKS, Topic
from tests.journeys.hostile import raw
from tests.journeys.people import People
from tests.journeys.stack import Platform
from tests.journeys.wire import Wire

SOURCE = "/models/mended"
SECRET = "hush-4711"
PARTITION = 5


def publish(wire: Wire, named: str | None, task_type: str) -> tuple[TopicPartition, int]:
    """Send an unsure output, with an id or without."""
    payload: JsonValue = {"answer": "right", "confidence": {"value": 0.58}}
    sent: dict[str, JsonValue] = {"task_type": task_type, "response": payload, "request": SECRET}
    if named:
        sent |= {"source": SOURCE, "id": named}
    headers = (("trace", b"kept"),)
    return wire.send(MODEL_OUTPUTS, raw(sent), key=b"any", headers=headers, partition=PARTITION)


def dead_letters(platform: Platform, *more: str) -> "subprocess.CompletedProcess[str]":
    """What the command prints, as its user gets it."""
    command = [sys.executable, "-m", "sentuh", "dead-letters", "--kafka", platform.bootstrap]
    idempotent = platform.services["intake"].environment()["SENTUH_KAFKA_IDEMPOTENT"]
    return subprocess.run(
        [*command, "--prefix", platform.names.prefix, *more],
        check=False, capture_output=True, text=True, timeout=120,
        env={"COLUMNS": "120", "SENTUH_KAFKA_IDEMPOTENT": idempotent},
    )  # fmt: skip


def refused(wire: Wire, task_type: str, *ids: str | None) -> list[tuple[TopicPartition, int]]:
    """Outputs of a task type nobody knows, once their letters are there."""
    wire.look()
    before = len(wire.records(DEAD_LETTERS["intake"]))
    places = [publish(wire, named, task_type) for named in ids]
    wire.until(lambda: len(wire.records(DEAD_LETTERS["intake"])) >= before + len(ids))
    return places


def learn(platform: Platform, task_type: str) -> None:
    """Add a task type to the catalog, as an operator does."""
    path = platform.home / "catalog.yaml"
    catalog = json.loads(path.read_text())
    catalog["task_types"][task_type] = catalog["task_types"]["copies"]
    path.write_text(json.dumps(catalog))
    platform.services["intake"].stop()
    platform.services["intake"].start()


def count(wire: Wire, topic: Topic) -> int:
    """How many records a topic has had."""
    return wire.counts()[topic.name]


def judged(wire: Wire, people: People, named: str) -> str:
    """The id of an output's task, once people have judged it."""
    task_id = natural_id("output", SOURCE, named)
    wire.until(lambda: wire.of(TaskCreated, task_id=task_id))
    people.join("w-mend", skills={"copies": 1})
    people.answer(people.offer("w-mend", task_id), "right")
    wire.until(lambda: wire.of(VerdictReached, task_id=task_id))
    return task_id


def test_a_refused_output_is_listed_with_place_and_fix_and_without_its_payload(
    platform: Platform, wire: Wire
) -> None:
    assert dead_letters(platform).stdout == "No dead letters.\n"
    ((_, offset),) = refused(wire, "unheard-of", "o-listed")

    done = dead_letters(platform, "--service", "intake")
    print(done.stdout)

    assert done.stderr == ""
    assert done.returncode == 0
    said = " ".join(done.stdout.split())
    assert f"model-outputs[{PARTITION}]@{offset}" in said
    assert "unknown_task_type" in said
    assert "name one that is, or add it" in said
    assert SECRET not in said
    assert SECRET in dead_letters(platform, "--show").stdout


def test_what_was_refused_is_sent_again_to_its_verdict_and_twice_is_once(
    platform: Platform, wire: Wire, people: People
) -> None:
    ((place, offset),) = refused(wire, "later", "o-later")
    learn(platform, "later")
    which = ("--source", SOURCE, "--id", "o-later")
    before = count(wire, MODEL_OUTPUTS)

    shown = dead_letters(platform, "replay", *which)
    assert "Nothing is published yet: add --yes." in shown.stdout
    assert shown.returncode == 0
    assert count(wire, MODEL_OUTPUTS) == before
    sent = dead_letters(platform, "replay", *which, "--yes")
    print(sent.stdout)
    assert sent.stderr == ""
    assert sent.returncode == 0
    assert f"1 published, 1 to partition {PARTITION}" in sent.stdout
    task_id = judged(wire, people, "o-later")
    tasks = count(wire, TASKS)
    assert dead_letters(platform, "replay", *which, "--yes").returncode == 0

    wire.until(platform.quiet)
    wire.look()
    first, *again = [
        one for one in wire.records(MODEL_OUTPUTS) if one.place == place and one.offset >= offset
    ]
    sent_as_it_was = (first.key, first.value, first.headers)
    assert [(one.key, one.value, one.headers) for one in again] == [sent_as_it_was] * 2
    assert count(wire, TASKS) == tasks
    assert len(wire.of(VerdictReached, task_id=task_id)) == 1
    report = asyncio.run(audit(platform.bootstrap, platform.names, allow_open=True))
    assert report.ok, report.broken


def test_an_output_without_an_id_goes_only_with_again(platform: Platform, wire: Wire) -> None:
    refused(wire, "nameless", None)
    learn(platform, "nameless")
    line = json.loads(dead_letters(platform, "--json").stdout.splitlines()[-1])
    tasks = count(wire, TASKS)

    stays = dead_letters(platform, "replay", "--dl-id", line["dl_id"], "--yes")
    assert stays.returncode == 1
    assert "add --again" in " ".join(stays.stdout.split())
    assert (
        dead_letters(platform, "replay", "--dl-id", line["dl_id"], "--yes", "--again").returncode
        == 0
    )

    wire.until(lambda: count(wire, TASKS) == tasks + 1)


def test_saved_letters_are_sent_by_somebody_else(
    platform: Platform, wire: Wire, tmp_path: Path
) -> None:
    refused(wire, "elsewhere", "o-1", "o-2")
    learn(platform, "elsewhere")
    saved = tmp_path / "letters.jsonl"
    saved.write_text(dead_letters(platform, "--json", "--show", "--limit", "2").stdout)

    done = dead_letters(platform, "replay", "--from", str(saved), "--yes")

    assert "2 published" in done.stdout
    for named in ("o-1", "o-2"):
        task_id = natural_id("output", SOURCE, named)
        wire.until(lambda: wire.of(TaskCreated, task_id=task_id))  # noqa: B023 - at once


def test_letters_are_counted(platform: Platform, wire: Wire) -> None:
    refused(wire, "counted", "o-counted")
    found = dead_letters(platform, "--counts", "--json", "--reason", "unknown_task_type")
    (counts,) = map(json.loads, found.stdout.splitlines())

    assert counts["service"] == "intake"
    assert counts["reason"] == "unknown_task_type"
    assert counts["letters"] >= 1
