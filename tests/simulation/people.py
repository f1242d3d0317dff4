"""Simulated operators and worker apps: people come, go, answer, or do not."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shared.contracts import envelope
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.question import Answer
from shared.contracts.record import Outgoing, TopicPartition
from shared.contracts.topics import OFFERS, PRESENCE, WORKERS, Names, Topic
from tests.support.builders import options_of
from tests.support.people import a_presence, a_profile, accepting, answering, declining
from tests.support.world.kafka import Broker
from tests.support.world.kernel import START, Kernel, wait

NAMES = ("w0", "auth0|w1", "a", "a:lanes", "a:places", "urn:w;%7C,5")
"""Worker ids as identity providers write them, and some that name another's keys unless escaped."""
SKILL = "image.digits"
LEAVER = 5
"""Number of the worker of each pool who may leave for good."""
BLIND_TO_CHOICES, TURNCOAT = 1, 3
"""Numbers of the worker of each pool whose app shows no choices, and of who changes apps."""
STRANGERS = 25
"""Records of people nobody knows."""


def publish(broker: Broker, event: Event, *, times: int = 1) -> None:
    """Append an outsider's event, maybe more than once."""
    trace = envelope.derived_traceparent(event.event_id)
    for _ in range(times):
        broker.append(
            envelope.encode(event, Names(), source="outside", cause="c", traceparent=trace)
        )


def delete(broker: Broker, topic: Topic, worker: str) -> None:
    """Append a record without a value: what was last under this key is taken back."""
    broker.append(Outgoing(topic.name, worker.encode(), None, ()))


class Strangers:
    """Who may write presence, and is nobody: pools nobody has, workers nobody knows."""

    def __init__(self, kernel: Kernel, broker: Broker, pools: Sequence[str]) -> None:
        self._kernel = kernel
        self._broker = broker
        self._pools = pools

    async def come(self) -> None:
        """Say all kinds of things, for as long as faults last."""
        random = self._kernel.random
        for number in range(STRANGERS):
            await wait(random.random() * 4)
            who, at = f"x-{number % 7}", START + timedelta(seconds=self._kernel.time)
            pool = random.choice((f"pool-{number}", "nobodys", *self._pools))
            if random.random() < 0.2:
                delete(self._broker, PRESENCE, who)
            else:
                publish(self._broker, a_presence(who, "available", at=at, pool=pool))


class People:
    """The workers of one pool."""

    def __init__(self, kernel: Kernel, broker: Broker, pool: str) -> None:
        self._kernel = kernel
        self._broker = broker
        self._pool = pool
        self._quiet = False
        self.workers = [f"{pool}-{name}" for name in NAMES]
        self._read: dict[TopicPartition, int] = {}

    def start(self) -> None:
        """Put the worker app on the schedule, and the workers' comings and goings."""
        self._kernel.spawn(f"worker app {self._pool}", self._app())
        for number, worker in enumerate(self.workers):
            self._kernel.spawn(f"worker {worker}", self._live(worker, number))

    def calm(self) -> None:
        """From now on everybody is available and answers everything."""
        self._quiet = True

    def _at(self) -> datetime:
        return START + timedelta(seconds=self._kernel.time)

    async def _live(self, worker: str, number: int) -> None:
        random = self._kernel.random
        await wait(random.random() * 10)
        if random.random() < 0.5:
            # The app is quicker than the operator, and maybe than everybody in this pool.
            self._presence(worker, "available")
            await wait(random.random() * 5)
        self._profile(worker, number)
        while not self._quiet:
            if random.random() < 0.05:
                await self._leave(worker, number)
            if number == LEAVER and random.random() < 0.2:
                delete(self._broker, WORKERS, worker)
                return  # for good
            presence = random.choice(("available", "available", "available", "paused", "away"))
            self._presence(worker, presence)
            await wait(1 + random.random() * 9)
            if random.random() < 0.2:
                self._profile(worker, number)
        self._presence(worker, "available")

    async def _leave(self, worker: str, number: int) -> None:
        """Leave, as the operator says or the app or both, and come back."""
        random = self._kernel.random
        for topic in random.choice(((WORKERS,), (PRESENCE,), (WORKERS, PRESENCE))):
            delete(self._broker, topic, worker)
        await wait(random.random() * 12)
        self._profile(worker, number)

    def _profile(self, worker: str, number: int) -> None:
        facts = {
            "skills": self._skills(number),
            "languages": [("en", "en-US", "EN_gb")[number % 3]],
            "capacity": 1 + number % 2,
            "status": "active",
        }
        event = a_profile(worker, facts, at=self._at(), pool=self._pool)
        publish(self._broker, event, times=1 + (self._kernel.random.random() < 0.2))

    def _skills(self, number: int) -> Mapping[str, int]:
        return {SKILL: 1 + number % 5}

    def _presence(self, worker: str, presence: str) -> None:
        at, kinds = self._at(), self._kinds(self.workers.index(worker))
        event = a_presence(worker, presence, at=at, pool=self._pool, kinds=kinds)
        publish(self._broker, event)

    def _kinds(self, number: int) -> Sequence[str] | None:
        """What a worker's app shows; whoever changes apps has the other one every few seconds."""
        if number == BLIND_TO_CHOICES:
            return ("rating", "transcript")
        if number == TURNCOAT and not self._quiet:
            return (None, ("choice", "rating"), ("rating",), ())[int(self._kernel.time / 7) % 4]
        return None

    async def _app(self) -> None:
        while True:
            await wait(0.3)
            for place, log in list(self._broker.logs.items()):
                if place.topic != OFFERS.name:
                    continue
                for record in log[self._read.get(place, 0) :]:
                    self._got(envelope.decode(record, OFFERS)[1])
                self._read[place] = len(log)

    def _got(self, event: Event) -> None:
        if isinstance(event, OfferMade) and event.pool == self._pool:
            self._kernel.spawn(f"answering {event.claims.assignment_id}", self._answer(event))

    async def _answer(self, offer: OfferMade) -> None:
        """Accept, decline, let it lapse, answer late, answer twice: as people do."""
        random = self._kernel.random
        mood = random.random()
        await wait(random.random() * 4)
        if not self._quiet and mood < 0.08:
            return
        if not self._quiet and mood < 0.16:
            publish(self._broker, declining(offer, at=self._at()))
            return
        if mood < 0.7:
            publish(self._broker, accepting(offer, at=self._at()))
        late = not self._quiet and mood > 0.92
        await wait(random.random() * (80 if late else 6))
        opinion = self._opinion(offer)
        answer = answering(offer, opinion, at=self._at())
        publish(self._broker, answer, times=1 + (random.random() < 0.2))

    def _opinion(self, offer: OfferMade) -> Answer:
        options = options_of(offer.claims.asks)
        return options[0] if self._kernel.random.random() < 0.75 else options[-1]
