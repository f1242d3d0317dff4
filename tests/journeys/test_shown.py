"""Worker apps on a real broker: each gets the kinds it shows, and nothing that leads people."""

import asyncio
from datetime import UTC, datetime

from sentuh.audit import audit
from shared.contracts.events.model import natural_id
from shared.contracts.events.offers import OfferMade
from shared.contracts.topics import MODEL_OUTPUTS
from tests.journeys.hostile import raw
from tests.journeys.people import People
from tests.journeys.stack import Platform
from tests.journeys.wire import Wire
from tests.kinds import SCENES
from tests.kinds.scene import SOURCE
from tests.support.people import a_presence

RATING, PREFERENCE = SCENES["rating"], SCENES["preference"]
SKILLS = {RATING.name: 1, PREFERENCE.name: 1}


def offers_to(wire: Wire, worker: str) -> set[str]:
    """Return the kinds of the questions that a worker was offered."""
    made = [offer for offer in wire.of(OfferMade) if offer.key == worker]
    return {offer.claims.asks.kind for offer in made}


def test_each_app_gets_what_it_shows_and_a_new_app_what_it_shows_from_then_on(
    platform: Platform, wire: Wire, people: People
) -> None:
    del platform
    people.join("before", skills=SKILLS, capacity=5)
    people.join("rates", skills=SKILLS, capacity=5, kinds=["rating"])
    people.join("both", skills=SKILLS, capacity=5, kinds=["preference", "rating"])
    for scene in (RATING, PREFERENCE):
        wire.send(MODEL_OUTPUTS, raw(scene.output(f"shown-{scene.kind}")))

    wire.until(lambda: offers_to(wire, "both") == {"rating", "preference"})
    wire.until(lambda: offers_to(wire, "rates") == {"rating"})
    assert offers_to(wire, "before") == set()

    wire.say(a_presence("before", at=datetime.now(UTC), kinds=["preference"]))
    wire.until(lambda: offers_to(wire, "before") == {"preference"})
    assert offers_to(wire, "rates") == {"rating"}


def test_what_leads_people_is_in_no_offer(wire: Wire, people: People) -> None:
    offer = people.offer("both", natural_id("output", SOURCE, "shown-preference"))

    assert offer.asked is not None
    assert {one.id for one in offer.asked.candidates} == {"c1", "c2", "c3"}
    assert offer.output.model_dump(exclude_none=True, exclude_defaults=True) == {}
    assert "0.1" not in offer.output.model_dump_json()


def test_the_audit_finds_nothing_that_is_not_only_open(platform: Platform, wire: Wire) -> None:
    wire.until(platform.quiet)
    report = asyncio.run(audit(platform.bootstrap, platform.names, allow_open=True))

    assert [str(report.finding(number)) for number in report.broken] == []
