"""Tries a case in memory: intake and the router, without broker and Redis."""

import json
from collections.abc import Mapping
from functools import cache

from services.intake.service import build
from shared.contracts.events.assignments import AssignmentDeclined
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.parts import Requirement
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.partitions import partition_of
from shared.contracts.record import Record
from shared.contracts.topics import BY_NAME, MODEL_OUTPUTS, ROUTER_TIMERS, Names
from shared.pattern.clock import to_ms
from shared.pattern.service import Service
from tests.reported import catalog
from tests.reported.cases import Case, Sent
from tests.reported.judge import CameOut, Outcome
from tests.services.router.in_memory import Desk, a_desk
from tests.support.builders import NOW, a_policy, a_task
from tests.support.in_memory import InMemory, header

WORKER = "w-reported"


async def outcome_of(case: Case) -> Outcome:
    """Return what comes of a case's records, on services that know nothing of other cases."""
    world = _World(await a_desk())
    records = tuple([world.come_out(sent) for sent in case.sent])
    if case.row is None or case.row.offered is None:
        return Outcome(records)
    return Outcome(records, offered=await world.is_offered(case))


class _World:
    def __init__(self, desk: Desk) -> None:
        self._intake = InMemory(_intake())
        self._desk = desk
        self._offset = 0

    def come_out(self, sent: Sent) -> CameOut:
        if sent.topic == MODEL_OUTPUTS.name:
            return self._hear(self._intake, sent)
        if b"of the offer>" in (sent.value or b""):
            return self._hear(self._desk, sent.filled(self._offer()))
        return self._hear(self._desk, sent)

    async def is_offered(self, case: Case) -> bool:
        """Return whether the worker of the case is offered a task that asks for English."""
        worker = (case.sent[0].key or b"").decode()
        if not any(sent.topic == "presence" for sent in case.sent):
            self.come_out(present(worker))
        self._desk.announced.clear()
        policy = a_policy(answers_min=1, requirement=Requirement(languages=("en",)))
        self._desk.hear(a_task("t-next", policy=policy))
        await self._desk.settle()
        return any(made.claims.worker_id == worker for made in self._desk.of(OfferMade))

    def _offer(self) -> Mapping[str, str]:
        self._desk.join(WORKER)
        self._desk.hear(a_task("t-offer", policy=a_policy(answers_min=1)))
        return blanks_of(self._desk.offer(WORKER, "t-offer"))

    def _hear(self, service: InMemory, sent: Sent) -> CameOut:
        self._offset += 1
        sent = sent.filled({"<now>": NOW.isoformat()})
        headers = tuple((name, value or b"") for name, value in sent.headers)
        place = partition_of((sent.key or b"").decode(), BY_NAME[sent.topic].partitions)
        letters = len(service.dead_letters)
        events = service.hear_records(
            Record(
                sent.topic,
                place,
                self._offset,
                sent.key,
                sent.value,
                headers,
                to_ms(service.now),
                topic_id="reported",
            )
        )
        # What the router tells itself of a pool comes back to it.
        for event in events:
            if event.TOPIC == ROUTER_TIMERS:
                service.hear(event)
        if len(service.dead_letters) > letters:
            letter = service.dead_letters[-1]
            reason, detail = header(letter, "dl_reason"), header(letter, "dl_detail")
            return CameOut("refused", letter.topic, reason=reason, detail=detail)
        return came_out(events)


def came_out(events: list[Event]) -> CameOut:
    """Return what was announced of a record that was not refused."""
    for event in events:
        match event:
            case TaskCreated():
                return CameOut("task", event.TOPIC.name, event)
            case OutputWaived():
                return CameOut("waived", event.TOPIC.name, event)
            case AssignmentDeclined():
                return CameOut("declined", event.TOPIC.name, event)
    return CameOut("taken")


def blanks_of(offer: OfferMade) -> Mapping[str, str]:
    """Return what an offer fills into a case's blanks."""
    return {
        "<task of the offer>": offer.claims.task_id,
        "<worker of the offer>": offer.claims.worker_id,
        "<token of the offer>": offer.token,
    }


def present(worker: str, presence: str = "available") -> Sent:
    """Return the record of a worker who is there, or with another presence is not."""
    body = {"pool": "main", "at": "<now>", "worker_id": worker, "presence": presence}
    named = (("ce_type", b"presence.changed.v1"),)
    return Sent("presence", json.dumps(body).encode(), worker.encode(), named)


@cache
def _intake() -> Service:
    return build(catalog.loaded(), names=Names())
