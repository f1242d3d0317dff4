"""People in tests: they join with a skill, get offers, and send what the test has them send."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from shared.contracts.events.offers import OfferMade
from shared.contracts.question import Answer
from tests.journeys.wire import Wire
from tests.support.builders import options_of
from tests.support.people import answering, coming, declining


class People:
    """The worker apps of everybody."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._answered: set[str] = set()

    def join(
        self,
        *workers: str,
        skills: Mapping[str, int],
        capacity: int = 1,
        kinds: Sequence[str] | None = None,
    ) -> None:
        """Register workers, who are there at once; their apps show these kinds of questions."""
        now = datetime.now(UTC)
        for worker in workers:
            profile = {"skills": dict(skills), "languages": ["en"], "capacity": capacity}
            profiled, present = coming(worker, profile, at=now)
            shown = None if kinds is None else list(kinds)
            self._wire.say(profiled, present.model_copy(update={"kinds": shown}))

    def offer(self, worker: str, task_id: str | None = None) -> OfferMade:
        """The offer a worker gets, of one task or the first of any."""

        def offers() -> list[OfferMade]:
            return [
                offer
                for offer in self._wire.of(OfferMade)
                if offer.key == worker and task_id in (None, offer.claims.task_id)
            ]

        return self._wire.until(offers)[0]

    def answer(self, offer: OfferMade, answer: Answer = None, **more: object) -> None:
        """Send an answer; of none given, the first option."""
        chosen = options_of(offer.claims.asks)[0] if answer is None else answer
        self._wire.say(answering(offer, chosen, at=datetime.now(UTC), **more))

    def decline(self, offer: OfferMade) -> None:
        """Give an offer back."""
        self._wire.say(declining(offer, at=datetime.now(UTC)))

    def answer_all(self) -> None:
        """Answer every offer not yet answered; these apps know nothing of traces."""
        for offer in self._wire.of(OfferMade):
            if offer.event_id not in self._answered:
                self._answered.add(offer.event_id)
                self.answer(offer)
