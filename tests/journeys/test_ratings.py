"""Work that wants known people, on a real broker: newcomers get a share, and become known by it."""

import asyncio

from pydantic import JsonValue

from sentuh.audit import audit
from shared.contracts.events.assignments import AssignmentOffered
from shared.contracts.events.ratings import WorkerRated
from shared.contracts.topics import DEAD_LETTERS, MODEL_OUTPUTS
from tests.journeys.hostile import SOURCE, raw
from tests.journeys.people import People
from tests.journeys.stack import Platform
from tests.journeys.wire import Wire

OUTPUTS = 60
"""So many that both are let in to ten tasks by the share, and to the rest by what these show."""
WORKERS = ("auth0|known", "also-known")


def unsure(number: int) -> bytes:
    payload: JsonValue = {"answer": "right", "confidence": {"value": 0.1}}
    sent = {"source": SOURCE, "id": f"rated-{number}", "task_type": "rated", "response": payload}
    return raw(sent)


def test_newcomers_become_known_and_are_let_in_by_their_rating(
    platform: Platform, wire: Wire, people: People
) -> None:
    people.join(*WORKERS, skills={"rated": 1}, capacity=5)
    wire.send_all(MODEL_OUTPUTS, [unsure(number) for number in range(OUTPUTS)])

    def known() -> list[AssignmentOffered]:
        people.answer_all()
        offers = wire.of(AssignmentOffered, task_type="rated")
        return [one for one in offers if one.explored is False]

    by_rating = wire.until(known)
    by_share = [one for one in wire.of(AssignmentOffered) if one.explored]
    announced = {(one.worker_id, one.count, one.lower) for one in wire.of(WorkerRated)}
    assert len(by_share) >= 10
    for offer in by_rating:
        assert offer.rating is not None
        assert (offer.worker_id, offer.rating.count, offer.rating.lower) in announced
    assert [wire.records(row) for row in DEAD_LETTERS.values() if wire.records(row)] == []
    report = asyncio.run(audit(platform.bootstrap, platform.names, allow_open=True))
    assert [str(report.finding(number)) for number in report.broken] == []
