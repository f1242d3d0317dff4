"""People in tests: they join with a skill, get offers, and send what the test has them send."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

from shared.contracts.events.offers import OfferMade
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.responses import OfferAccepted, OfferAnswered, OfferDeclined
from tests.journeys.wire import Wire
from tests.support.builders import options_of

POOL = "main"
R = TypeVar("R", OfferAccepted, OfferDeclined, OfferAnswered)


class People:
    """The worker apps of everybody."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._answered: set[str] = set()

    def join(self, *workers: str, skills: Mapping[str, int], capacity: int = 1) -> None:
        """Register workers, who are there at once."""
        now = datetime.now(UTC)
        for worker in workers:
            self._wire.say(
                WorkerProfiled(
                    pool=POOL, at=now, worker_id=worker, skills=dict(skills), languages=["en"],
                    capacity=capacity,
                ),
                PresenceChanged(pool=POOL, at=now, worker_id=worker, presence="available"),
            )  # fmt: skip

    def offer(self, worker: str, task_id: str | None = None) -> OfferMade:
        """The offer a worker gets, of one task or the first of any."""

        def found() -> list[OfferMade]:
            return [
                offer
                for offer in self._wire.of(OfferMade)
                if offer.key == worker and task_id in (None, offer.claims.task_id)
            ]

        return self._wire.until(found)[0]

    def answer(self, offer: OfferMade, answer: str | None = None, **more: object) -> None:
        """Send an answer; of none given, the first option."""
        chosen = answer or options_of(offer.claims.asks)[0]
        self._wire.say(response(OfferAnswered, offer, answer=chosen, **more))

    def decline(self, offer: OfferMade) -> None:
        """Give an offer back."""
        self._wire.say(response(OfferDeclined, offer))

    def answer_all(self) -> None:
        """Answer every offer not yet answered; these apps know nothing of traces."""
        for offer in self._wire.of(OfferMade):
            if offer.event_id not in self._answered:
                self._answered.add(offer.event_id)
                said = response(OfferAnswered, offer, answer=options_of(offer.claims.asks)[0])
                self._wire.say(said)


def response(kind: type[R], offer: OfferMade, **more: object) -> R:
    """What a worker app sends back on an offer."""
    claims = offer.claims
    return kind.model_validate({
        "pool": claims.pool, "at": datetime.now(UTC), "task_id": claims.task_id,
        "worker_id": claims.worker_id, "token": offer.token, **more,
    })  # fmt: skip
