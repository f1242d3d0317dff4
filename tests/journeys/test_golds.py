"""Golds on a real broker: listed by the operator, asked among other tasks, taught by, and paid."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

from pydantic import JsonValue

from sentuh.audit import audit
from shared.contracts.events.earnings import EarningConfirmed
from shared.contracts.events.golds import GoldListed, GoldPlaced
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.parts import Confidence, Output
from shared.contracts.events.verdicts import VerdictReached
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS
from tests.journeys.hostile import SOURCE, raw
from tests.journeys.people import People
from tests.journeys.stack import Platform
from tests.journeys.wire import Wire

WORKERS = tuple(f"auth0|golded-{number}" for number in range(12))
"""A gold follows within ten minutes of an answer, by chance: of many some come at once."""
OPEN = 40
"""Outputs that people have before them: a gold takes the place of another task."""


def a_gold(number: int) -> GoldListed:
    """Return a gold of which the right answer is the second option; these people say the first."""
    output = Output(
        format="sentuh.output", text=f"known {number}", confidence=Confidence(status="absent")
    )
    return GoldListed(
        pool="main",
        at=datetime.now(UTC),
        task_type="golded",
        gold_id=f"g-{number}",
        output=output,
        truth="wrong",
        nonce="unguessable",
    )


def outputs() -> Iterator[bytes]:
    for number in count():
        payload: JsonValue = {"answer": "right", "confidence": {"value": 0.1}}
        sent = {"source": SOURCE, "id": f"golded-{number}", "task_type": "golded"}
        yield raw({**sent, "response": payload})


def test_a_gold_is_asked_teaches_by_its_truth_and_is_paid_as_any_task(
    platform: Platform, wire: Wire, people: People
) -> None:
    wire.say(*[a_gold(number) for number in range(3)])
    people.join(*WORKERS, skills={"golded": 1})
    waiting = outputs()

    def judged() -> list[VerdictReached]:
        people.answer_all()
        verdicts = wire.of(VerdictReached, task_type="golded")
        while wire.count(MODEL_OUTPUTS) < len(verdicts) + OPEN:
            wire.send(MODEL_OUTPUTS, next(waiting))
        return [one for one in verdicts if one.gold is not None]

    verdict = wire.until(judged, seconds=600)[0]
    (placed,) = wire.of(GoldPlaced, task_id=verdict.task_id)
    (vote,) = verdict.votes
    assert verdict.gold is not None
    assert (verdict.gold.gold_id, verdict.gold.truth) == (placed.gold_id, "wrong")
    assert placed.only_for == (vote.worker_id,)
    assert verdict.answer == "right"
    assert verdict.lessons[vote.worker_id]["answers"] > 0
    assert "agreed_milli" not in verdict.lessons[vote.worker_id], "they were wrong"
    others = [one for one in wire.of(OfferMade) if one.claims.task_id != verdict.task_id]
    (offer,) = [one for one in wire.of(OfferMade) if one.claims.task_id == verdict.task_id]
    assert offer.claims.quote == others[0].claims.quote
    (line,) = wire.until(lambda: wire.of(EarningConfirmed, task_id=verdict.task_id))
    assert line.quote == offer.claims.quote
    assert [wire.records(row) for row in DEAD_LETTERS.values() if wire.records(row)] == []
    report = asyncio.run(audit(platform.bootstrap, platform.names, allow_open=True))
    assert [str(report.finding(number)) for number in report.broken] == []
