"""The story of one output, told by `sentuh trace` from the topics of a platform at work."""

import json
import re
import subprocess
import sys

from pydantic import JsonValue

from shared.contracts.events.assignments import AssignmentAnswered, AssignmentExpired
from shared.contracts.events.earnings import EarningConfirmed
from shared.contracts.events.model import natural_id
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS
from tests.journeys.hostile import raw
from tests.journeys.people import People
from tests.journeys.stack import Platform
from tests.journeys.wire import Wire

SOURCE = "/models/storyteller"


def publish(wire: Wire, named: str, task_type: str = "story") -> str:
    """Send an unsure output; the id of its task."""
    payload: JsonValue = {"answer": "right", "confidence": {"value": 0.58}}
    sent: JsonValue = {"source": SOURCE, "id": named, "task_type": task_type, "response": payload}
    wire.send(MODEL_OUTPUTS, raw(sent))
    return natural_id("output", SOURCE, named)


def trace(platform: Platform, *more: str) -> "subprocess.CompletedProcess[str]":
    """What the command prints about an output."""
    return sentuh(platform, "trace", "--source", SOURCE, *more)


def sentuh(platform: Platform, *words: str) -> "subprocess.CompletedProcess[str]":
    """What a command prints, as its user gets it."""
    where = ["--kafka", platform.bootstrap, "--prefix", platform.names.prefix]
    return subprocess.run(
        [sys.executable, "-m", "sentuh", *words, *where],
        check=False, capture_output=True, text=True, timeout=120, env={"COLUMNS": "100"},
    )  # fmt: skip


def lived(wire: Wire, people: People) -> str:
    """A task with an offer that expires, a late answer, and one more answer asked for."""
    task_id = publish(wire, "o-story")
    people.join("w-slow", skills={"story": 1})
    slow = people.offer("w-slow", task_id)
    wire.until(lambda: wire.of(AssignmentExpired, task_id=task_id))
    people.answer(slow, "wrong")
    wire.until(lambda: wire.of(AssignmentAnswered, task_id=task_id))
    for worker in ("w-one", "w-two", "w-three"):
        people.join(worker, skills={"story": 1})
        people.answer(people.offer(worker, task_id), "right")
        count = len(wire.of(ReviewRequested, task_id=task_id))
        wire.until(lambda: (
            wire.of(VerdictReached, task_id=task_id)
            or len(wire.of(ReviewRequested, task_id=task_id)) > count  # noqa: B023 - at once
        ))  # fmt: skip
        if wire.of(VerdictReached, task_id=task_id):
            break
    wire.until(lambda: len(wire.of(EarningConfirmed, task_id=task_id)) >= 3)
    return task_id


def is_explained(platform: Platform, task_id: str) -> None:
    """Hold the explanation of its verdict to what happened."""
    done = sentuh(platform, "explain", task_id)
    assert done.stderr == ""
    assert f"{task_id}: “right”" in done.stdout
    assert "w-slow" in done.stdout
    document = json.loads(sentuh(platform, "explain", task_id, "--json").stdout)
    assert document["recounted"]["agrees"] is True


def test_a_task_with_all_that_can_happen_reads_as_a_story(
    platform: Platform, wire: Wire, people: People
) -> None:
    task_id = lived(wire, people)

    done = trace(platform, "--id", "o-story")
    print(done.stdout)

    assert done.stderr == ""
    assert done.returncode == 0
    said = " ".join(done.stdout.split())
    told_in_order = (
        "sent the output",
        "asked people the model is 58 % sure, below the gate's 90 %",
        "looked for 1 answer from whoever has story from level 1",
        "offered it to w-slow",
        "let w-slow's offer expire",
        "answered “wrong”, late",
        "offered it to w-one",
        "answered “right”",
        "asked for another answer: 2 wanted in all now",
        "looked for one more: 2 answers wanted in all",
        "reached the verdict: “right”",
        "not counted: w-slow “wrong” (late",
    )
    places = [said.find(words) for words in told_in_order]
    assert -1 not in places, [w for w, at in zip(told_in_order, places, strict=True) if at < 0]
    assert places == sorted(places)
    assert re.search(r"payable to w-slow", said)
    assert task_id in said

    is_explained(platform, task_id)
    story = json.loads(trace(platform, "--id", "o-story", "--json").stdout)
    assert story["state"] == "verdict"
    counts = {kind: sum(s["event"] == kind for s in story["steps"]) for kind in (
        "assignment.expired.v1", "earning.confirmed.v1", "verdict.reached.v1",
    )}  # fmt: skip
    answered = len(wire.of(AssignmentAnswered, task_id=task_id))
    assert counts == {
        "assignment.expired.v1": len(wire.of(AssignmentExpired, task_id=task_id)),
        "earning.confirmed.v1": answered,
        "verdict.reached.v1": 1,
    }


def test_a_refused_output_is_told_with_its_fix(platform: Platform, wire: Wire) -> None:
    publish(wire, "o-refused", task_type="unheard-of")
    wire.until(lambda: wire.records(DEAD_LETTERS["intake"]))

    done = trace(platform, "--id", "o-refused")

    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "unknown_task_type" in said
    assert "name one that is, or add it" in said


def test_an_unknown_id_is_one_line_with_what_may_be_meant(platform: Platform, wire: Wire) -> None:
    publish(wire, "o-there")

    done = trace(platform, "--id", "o-ther")

    assert done.stdout == ""
    assert done.returncode == 2
    assert done.stderr.startswith("sentuh: no output has source")
    assert f"Did you mean --source {SOURCE} --id o-there" in done.stderr
    assert done.stderr.count("\n") == 1

    task_id = publish(wire, "o-here")
    wire.until(lambda: wire.of(TaskCreated, task_id=task_id))
    done = sentuh(platform, "explain", task_id[:-1])
    assert done.returncode == 2
    assert "no task has this id. Did you mean" in done.stderr
