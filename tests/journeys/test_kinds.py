"""Each kind's story on a real broker: from the output to the verdict and to what people earn."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from sentuh.audit import audit
from shared.contracts.events.assignments import AssignmentAnswered, AssignmentExpired
from shared.contracts.events.earnings import EarningConfirmed
from shared.contracts.events.model import natural_id
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.record import Record
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS, RESPONSES
from tests.journeys.hostile import raw
from tests.journeys.people import People
from tests.journeys.stack import Platform
from tests.journeys.wire import Wire
from tests.kinds import SCENES
from tests.kinds.scene import LATE, SOURCE, Scene
from tests.support.people import answering


def named(worker: str, scene: Scene) -> str:
    """Return the id of a scene's worker here, where all scenes have one platform."""
    return f"{worker}-{scene.name}"


def send(wire: Wire, offer: OfferMade, answer: JsonValue) -> None:
    """Send an answer of any form, as a worker app could."""
    sent = answering(offer, "sent below", at=datetime.now(UTC))
    body = {**json.loads(sent.model_dump_json(exclude_none=True)), "answer": answer}
    headers = (("ce_type", sent.TYPE.encode()),)
    wire.send(RESPONSES, raw(body), key=sent.key.encode(), headers=headers)


def letters(wire: Wire, offer: OfferMade) -> list[str]:
    """Return what to do about each dead letter of an offer's task."""
    return [_detail(one) for one in wire.records(DEAD_LETTERS["router"]) if _about(one, offer)]


def _about(letter: Record, offer: OfferMade) -> bool:
    return (letter.key or b"").decode() == offer.claims.task_id


def _detail(letter: Record) -> str:
    return f"{letter.header('dl_reason')}: {letter.header('dl_detail')}"


@pytest.mark.parametrize("kind", sorted(SCENES))
def test_a_kind_goes_from_an_output_to_what_people_earn(
    platform: Platform, wire: Wire, people: People, kind: str
) -> None:
    scene = SCENES[kind]
    task_id = natural_id("output", SOURCE, kind)
    wire.send(MODEL_OUTPUTS, raw(scene.output(kind)))
    people.join(named(LATE, scene), skills={scene.name: 1}, kinds=[kind])
    late = people.offer(named(LATE, scene), task_id)
    wire.until(lambda: wire.of(AssignmentExpired, task_id=task_id))

    send(wire, late, scene.late)
    wire.until(lambda: wire.of(AssignmentAnswered, task_id=task_id))
    for at, (worker, answer) in enumerate(scene.workers.items()):
        people.join(named(worker, scene), skills={scene.name: 1}, kinds=[kind])
        offer = people.offer(named(worker, scene), task_id)
        for wrong, _ in [] if at else scene.bad:
            send(wire, offer, wrong)
        send(wire, offer, answer)

    (verdict,) = wire.until(lambda: wire.of(VerdictReached, task_id=task_id))
    wire.until(lambda: len(wire.of(EarningConfirmed, task_id=task_id)) > len(scene.answers))
    paid = wire.of(EarningConfirmed, task_id=task_id)
    assert verdict.answer == scene.verdict
    standings = {vote.worker_id: vote.standing for vote in verdict.votes}
    assert standings.pop(named(LATE, scene)) == "surplus"
    assert set(standings.values()) == {"counted"}
    assert sorted(line.worker_id for line in paid) == sorted(
        named(worker, scene) for worker in (LATE, *scene.workers)
    )
    assert sorted(letters(wire, late)) == sorted(
        f"bad_answer: answer: {fix}" for _, fix in scene.bad
    )


def test_the_audit_finds_nothing(platform: Platform, wire: Wire) -> None:
    wire.until(platform.quiet)
    report = asyncio.run(audit(platform.bootstrap, platform.names))

    assert [str(report.finding(number)) for number in report.broken] == []
