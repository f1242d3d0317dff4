"""Texts that no count decides between, on a real broker: others compare them, and that decides."""

import asyncio
import json
import subprocess
import sys

import pytest

from sentuh.audit import audit
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentExpired
from shared.contracts.events.earnings import EarningConfirmed
from shared.contracts.events.model import natural_id
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.second_stage import SecondRequested
from shared.contracts.events.tasks import TaskCreated
from shared.contracts.events.verdicts import ReviewRequested, VerdictReached
from shared.contracts.topics import MODEL_OUTPUTS
from tests.journeys.hostile import raw
from tests.journeys.people import People
from tests.journeys.stack import Platform
from tests.journeys.stages import STAGES, Stage
from tests.journeys.test_kinds import letters, send
from tests.journeys.wire import Wire
from tests.kinds.scene import SOURCE

TASK_IDS = {kind: natural_id("output", SOURCE, kind) for kind in STAGES}
LATE = "late"


def named(who: str, stage: Stage) -> str:
    """Return the id of somebody who is asked in this stage alone."""
    return f"{who}-{stage.name}"


def write(wire: Wire, people: People, stage: Stage, task_id: str) -> list[str]:
    """Let three people write three texts, after one who is late; the first sends wrong ones too.

    Returns who wrote in time.
    """
    kinds = [stage.scene.kind, "preference"]
    late = named(LATE, stage)
    people.join(late, skills={stage.name: 1}, kinds=kinds[:1])
    ended = people.offer(late, task_id)
    wire.until(lambda: wire.of(AssignmentExpired, task_id=task_id))
    send(wire, ended, stage.scene.late)
    wire.until(lambda: wire.of(AssignmentAnswered, task_id=task_id))
    authors = []
    for number, answer in enumerate(stage.written):
        authors.append(named(f"author-{number}", stage))
        people.join(authors[-1], skills={stage.name: 1}, kinds=kinds)
        offer = people.offer(authors[-1], task_id)
        for wrong, _ in [] if number else stage.scene.bad:
            send(wire, offer, wrong)
        send(wire, offer, answer)
    assert sorted(letters(wire, ended)) == sorted(
        f"bad_answer: answer: {fix}" for _, fix in stage.scene.bad
    )
    return authors


def rank(wire: Wire, people: People, stage: Stage, second: str) -> list[str]:
    """Let others put the first text first, until that suffices; one sends no ranking before.

    Returns who ranked.
    """
    best = stage.written[0]
    assert isinstance(best, dict)
    rankers: list[str] = []
    while not wire.of(VerdictReached, task_id=second):
        rankers.append(named(f"ranker-{len(rankers)}", stage))
        people.join(rankers[-1], skills={stage.name: 1}, kinds=["preference"])
        offer = people.offer(rankers[-1], second)
        assert offer.asked is not None
        ordered = sorted(offer.asked.candidates, key=lambda one: one.text != best["text"])
        if len(rankers) == 1:
            send(wire, offer, {"ranking": [["nobody"]]})
        send(wire, offer, {"ranking": [[one.id] for one in ordered]})
        wire.until(lambda: (
            wire.of(VerdictReached, task_id=second)
            or len(rankers) < 2 + len(wire.of(ReviewRequested, task_id=second))
        ))  # fmt: skip
    return rankers


@pytest.mark.parametrize("kind", STAGES)
def test_three_texts_are_ranked_and_the_winner_s_is_the_verdict(
    wire: Wire, people: People, kind: str
) -> None:
    stage, task_id = STAGES[kind], TASK_IDS[kind]
    wire.send(MODEL_OUTPUTS, raw({**stage.scene.output(kind), "task_type": stage.name}))
    authors = write(wire, people, stage, task_id)
    (requested,) = wire.until(lambda: wire.of(SecondRequested, task_id=task_id))
    second = requested.second_task_id
    (asked,) = wire.until(lambda: wire.of(TaskCreated, task_id=second))
    rankers = rank(wire, people, stage, second)

    (verdict,) = wire.until(lambda: wire.of(VerdictReached, task_id=task_id))
    (of_second,) = wire.of(VerdictReached, task_id=second)
    assert asked.asked is not None
    assert {one.text for one in asked.asked.candidates} == {
        str(one["text"]) for one in stage.written if isinstance(one, dict)
    }
    assert verdict.answer == stage.written[0]
    assert (verdict.stop_reason, verdict.probability) == ("confident", of_second.probability)
    assert verdict.decided_by is not None
    assert verdict.decided_by.votes == of_second.votes
    assert sorted(vote.worker_id for vote in of_second.votes) == sorted(rankers)
    assert {vote.worker_id: vote.standing for vote in verdict.votes} == {
        named(LATE, stage): "surplus", **dict.fromkeys(authors, "counted"),
    }  # fmt: skip
    offered = {offer.key for offer in wire.of(OfferMade) if offer.claims.task_id == second}
    assert not offered & {*authors}
    assert len([told for told in letters_of(wire, second) if "bad_answer" in told]) == 1
    for task, people_paid in ((task_id, [named(LATE, stage), *authors]), (second, rankers)):
        wire.until(lambda: len(paid(wire, task)) == len(people_paid))  # noqa: B023 - at once
        assert paid(wire, task) == sorted(people_paid)


def letters_of(wire: Wire, task_id: str) -> list[str]:
    """Return what to do about each dead letter of a task that somebody was offered."""
    offer = next(one for one in wire.of(OfferMade) if one.claims.task_id == task_id)
    return letters(wire, offer)


def paid(wire: Wire, task_id: str) -> list[str]:
    """Return who has been paid for a task, each as often as that."""
    return sorted(line.worker_id for line in wire.of(EarningConfirmed, task_id=task_id))


def story(platform: Platform, command: str) -> dict[str, object]:
    """Return what a command of `sentuh trace` prints for a program."""
    where = ["--kafka", platform.bootstrap, "--prefix", platform.names.prefix, "--json"]
    done = subprocess.run(
        [sys.executable, "-m", *command.split(), *where],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("kind", STAGES)
def test_the_story_of_the_first_task_leads_to_that_of_the_second(
    platform: Platform, wire: Wire, kind: str
) -> None:
    wire.until(lambda: wire.of(VerdictReached, task_id=TASK_IDS[kind]))
    first = story(platform, f"sentuh trace --source {SOURCE} --id {kind}")
    assert first["state"] == "verdict"
    head = first["head"]
    assert isinstance(head, dict)

    second = story(platform, head["second stage"])
    assert second["state"] == "verdict"
    assert isinstance(second["head"], dict)
    assert second["head"]["decides"] == f"the task {TASK_IDS[kind]}"
    assert isinstance(second["steps"], list)
    told = [step["what"] for step in second["steps"]]
    assert told[0] == "sent 3 texts to be compared"
    assert sum("payable to ranker" in what for what in told) >= 2
    assert not [what for what in told if "payable to author" in what]


def test_the_audit_finds_nothing(platform: Platform, wire: Wire) -> None:
    wire.until(platform.quiet)
    report = asyncio.run(audit(platform.bootstrap, platform.names))

    assert [str(report.finding(number)) for number in report.broken] == []
