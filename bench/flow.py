"""The whole flow in memory: outputs in, instant people, everything the services say of them."""

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime

from bench.inside import SERVICES, Desk, build, catalog, memory_store
from services.router.state import TaskNeeds
from shared.contracts.envelope import derived_traceparent, encode
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.responses import OfferAnswered
from shared.contracts.events.timers import LaneDue
from shared.contracts.record import Outgoing, Record, TopicPartition
from shared.contracts.topics import MODEL_OUTPUTS, OFFERS, Names
from tests.support.builders import options_of
from tests.support.world.topic_logs import TopicLogs

SOURCE = "/models/bench"
POOL = "main"
CAPACITY = 5
WAIVED_EACH = 4
"""Of so many outputs one is so sure that nobody is asked."""
SKILLS = ("bench.words", "bench.tables", "bench.sounds", "bench.pictures", "lang.en")
TEXT = "The parcel was left with a neighbour, who signed for it and put it behind the green door. "
RIGHT_SHARE = 0.85
Watch = Callable[[str], AbstractContextManager[object]]


def outputs(
    names: Names, count: int, *, label: str = "o", waived_each: int = WAIVED_EACH
) -> list[Outgoing]:
    """Model outputs of some 300 bytes in our own format, one in `waived_each` very sure."""
    return [
        _output(names, f"{label}-{number}", sure=waived_each > 0 and number % waived_each == 0)
        for number in range(count)
    ]


def _output(names: Names, name: str, *, sure: bool) -> Outgoing:
    response = {
        "text": f"{name}: {TEXT}",
        "answer": "right",
        "confidence": {"value": 0.97 if sure else 0.5},
        "model": "reader",
        "model_version": "3",
    }
    body = {
        "source": SOURCE,
        "id": name,
        "correlation_id": f"c-{name}",
        "format": "sentuh.output",
        "response": response,
    }
    return Outgoing(names.of(MODEL_OUTPUTS), name.encode(), json.dumps(body).encode(), ())


def people(names: Names, count: int) -> list[Outgoing]:
    """Workers of five skills each, all of them available."""
    now = datetime.now(UTC)
    events: list[Event] = []
    for number in range(count):
        skills = {skill: 2 + (number + at) % 4 for at, skill in enumerate(SKILLS)}
        name = f"w-{number:04}"
        profile = WorkerProfiled(
            pool=POOL, at=now, worker_id=name, skills=skills, languages=["en"], capacity=CAPACITY
        )
        events.append(profile)
    for number in range(count):
        name = f"w-{number:04}"
        events.append(PresenceChanged(pool=POOL, at=now, worker_id=name, presence="available"))
    return [sent_by_people(names, event) for event in events]


def look_around(names: Names, *, fill: bool) -> Outgoing:
    """What the router's sweep says of the one lane there is."""
    lane = TaskNeeds(catalog().policy("bench", datetime.now(UTC)).requirement).lane
    due = LaneDue(pool=POOL, at=datetime.now(UTC), lane=lane, fill=fill)
    return sent_by_people(names, due)


def answer(names: Names, record: Record) -> Outgoing | None:
    """Return the answer to an offer; None where the record takes an offer back."""
    if record.header("ce_type") != OfferMade.TYPE:
        return None
    offer = OfferMade.model_validate_json(record.value or b"")
    claims = offer.claims
    right = _chance(claims.task_id, claims.worker_id) < RIGHT_SHARE
    event = OfferAnswered(
        pool=claims.pool,
        at=datetime.now(UTC),
        task_id=claims.task_id,
        worker_id=claims.worker_id,
        token=offer.token,
        answer=options_of(claims.asks)[0 if right else 1],
    )
    return sent_by_people(names, event)


def sent_by_people(names: Names, event: Event) -> Outgoing:
    """An event as people and operators send it."""
    trace = derived_traceparent(event.event_id)
    return encode(event, names, source="people", cause="bench", traceparent=trace)


class Flow:
    """All four services at their desks, taking turns until nothing is left to do."""

    def __init__(self, names: Names, watch: Watch = lambda _: nullcontext()) -> None:
        self.logs = TopicLogs(names)
        self._names = names
        self._watch = watch
        services = [build(name, names) for name in SERVICES]
        self._desks = [Desk(made, memory_store(made), self.logs) for made in services]
        self._read: dict[str, dict[TopicPartition, int]] = {
            name: {} for name in (*SERVICES, "people")
        }

    async def run(self, sent: Sequence[Outgoing], workers: int) -> None:
        """Let workers and outputs come, and everything that follows from them."""
        await self.logs.send(people(self._names, workers))
        await self.logs.send(sent)
        await self._quiet()
        await self.logs.send([look_around(self._names, fill=True)])
        await self._quiet()
        await self.logs.send([look_around(self._names, fill=False)])
        while await self._quiet() > 1:
            await self.logs.send([look_around(self._names, fill=False)])

    async def _quiet(self) -> int:
        """Take turns until nobody has anything to read; returns how many turns that took."""
        turns = 0
        while await self._turn():
            turns += 1
        return turns

    async def _turn(self) -> bool:
        moved = False
        for desk in self._desks:
            name = desk.service.name
            records = self.logs.after(desk.service.card.consumes, self._read[name])
            moved |= bool(records)
            with self._watch(name):
                await desk.take(records)
        offers = self.logs.after([OFFERS], self._read["people"])
        answers = [answer(self._names, record) for record in offers]
        await self.logs.send([found for found in answers if found is not None])
        return moved or bool(offers)


def _chance(*about: str) -> float:
    """A number on 0..1 that follows from what it is about."""
    digest = hashlib.blake2b("/".join(about).encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32
