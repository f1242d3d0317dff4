"""Tries cases on a real broker: the four services as processes, one record after another."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from shared.contracts.events.assignments import AssignmentDeclined
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.tasks import OutputWaived, TaskCreated
from shared.contracts.record import Record, TopicPartition
from shared.contracts.topics import ASSIGNMENTS, BY_NAME, DEAD_LETTERS, MODEL_OUTPUTS, Topic
from tests.journeys.stack import Platform
from tests.journeys.wire import Wire
from tests.reported import catalog
from tests.reported.cases import Case, Sent
from tests.reported.in_memory import blanks_of, came_out, present
from tests.reported.judge import CameOut, Outcome
from tests.support.cluster import Kafka

UNSURE = {
    "source": "/reports/next",
    "task_type": "canonical",
    "format": "sentuh.output",
    "response": {"answer": "right", "confidence": {"value": 0.2}},
}
OFFER_SECONDS = 20.0
"""Who is to be offered a task has it long before; who is not is watched for a few seconds."""
UNOFFERED_SECONDS = 3.0
KINDS = (TaskCreated, OutputWaived, AssignmentDeclined)


@contextmanager
def running(kafka: Kafka, redis_url: str, home: Path) -> Iterator["BrokerWorld"]:
    """Start the four services over this broker and Redis, with the catalog of the cases."""
    platform = Platform(kafka, redis_url, home)
    (home / "catalog.yaml").write_text(catalog.written(), encoding="utf-8")
    with platform.run():
        yield BrokerWorld(platform)


class BrokerWorld:
    """Tries cases one after another; whatever comes is of the record that was sent last."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._wire: Wire = platform.wire
        self._known: set[str] = set()
        self._next = 0

    def outcomes(self, cases: Sequence[Case]) -> Mapping[str, Outcome]:
        """Try these cases; those that look for an offer come first, while no task waits."""
        order = sorted(cases, key=_place_of)
        return {case.number: self._outcome_of(case) for case in order}

    def _outcome_of(self, case: Case) -> Outcome:
        records = tuple([self._come_out(sent, case) for sent in case.sent])
        if case.row is None or case.row.offered is None:
            return Outcome(records)
        worker = (case.sent[0].key or b"").decode()
        before = len(self._offers(worker))
        if not any(sent.topic == "presence" for sent in case.sent):
            self._come_out(present(worker), case)
        seconds = OFFER_SECONDS if case.row.offered else UNOFFERED_SECONDS
        offered = self._offers_within(seconds, worker) > before
        if case.row.offered:
            self._come_out(present(worker, "away"), case)
        return Outcome(records, offered=offered)

    def _come_out(self, sent: Sent, case: Case) -> CameOut:
        if b"of the offer>" in (sent.value or b""):
            sent = sent.filled(blanks_of(self._offer(case)))
        sent = sent.filled({"<now>": datetime.now(UTC).isoformat()})
        at = self._wire.send(
            BY_NAME[sent.topic], sent.value, key=sent.key, headers=list(sent.headers)
        )
        if sent.topic == MODEL_OUTPUTS.name:
            self._wire.until(lambda: self._letter(at) or self._unknown())
        else:
            self._wire.until(lambda: self._letter(at) or self._platform.has_read("router", at))
            self._look_at(DEAD_LETTERS["router"], ASSIGNMENTS)
        letter, events = self._letter(at), self._new_events()
        if letter is None:
            return came_out(events)
        reason, detail = letter.header("dl_reason") or "", letter.header("dl_detail") or ""
        topic = letter.topic.removeprefix(self._platform.names.prefix)
        return CameOut("refused", topic, reason=reason, detail=detail)

    def _letter(self, at: tuple[TopicPartition, int]) -> Record | None:
        place, offset = at
        named = {
            "dl_topic": place.topic,
            "dl_partition": str(place.partition),
            "dl_offset": str(offset),
        }
        letters = chain.from_iterable(self._wire.records(row) for row in DEAD_LETTERS.values())
        return next(
            (
                letter
                for letter in letters
                if all(letter.header(name) == value for name, value in named.items())
            ),
            None,
        )

    def _unknown(self) -> list[Event]:
        every = [event for kind in KINDS for event in self._wire.of(kind)]
        return [event for event in every if event.event_id not in self._known]

    def _new_events(self) -> list[Event]:
        """Return what was announced since the last record."""
        events = self._unknown()
        self._known |= {event.event_id for event in events}
        return events

    def _look_at(self, *rows: Topic) -> None:
        """Take in every record that these topics hold by now."""
        counts = {row: self._wire.count(row) for row in rows}
        self._wire.until(
            lambda: all(len(self._wire.records(row)) >= count for row, count in counts.items())
        )

    def _offers_within(self, seconds: float, worker: str) -> int:
        """Publish an output that asks people, and count what the worker has been offered so far."""
        self._wire.until(self._platform.quiet)
        before = len(self._offers(worker))
        self._publish_unsure()
        limit = time.monotonic() + seconds
        while len(self._offers(worker)) == before and time.monotonic() < limit:
            self._wire.look()
        return len(self._offers(worker))

    def _offer(self, case: Case) -> OfferMade:
        worker = f"w-{case.number}-{self._next}"
        body = {"pool": "main", "at": "<now>", "worker_id": worker, "languages": ["en"]}
        named = (("ce_type", b"worker.profiled.v1"),)
        profile = Sent("workers", json.dumps(body).encode(), worker.encode(), named)
        self._come_out(profile, case)
        self._come_out(present(worker), case)
        self._publish_unsure()
        offer: OfferMade = self._wire.until(lambda: self._offers(worker))[0]
        self._come_out(present(worker, "away"), case)
        return offer

    def _offers(self, worker: str) -> list[OfferMade]:
        return [offer for offer in self._wire.of(OfferMade) if offer.claims.worker_id == worker]

    def _publish_unsure(self) -> None:
        self._next += 1
        value = json.dumps({**UNSURE, "id": f"next-{self._next}"}).encode()
        self._wire.send(MODEL_OUTPUTS, value)
        self._wire.until(self._unknown)
        self._new_events()


def _place_of(case: Case) -> int:
    """Return 0 for who is offered a task, 1 for who is not, 2 for all others."""
    if case.row is None or case.row.offered is None:
        return 2
    return 0 if case.row.offered else 1
