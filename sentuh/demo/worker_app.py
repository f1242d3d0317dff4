"""The demo's worker app: registers the simulated people, takes their offers, sends their answers.

A process of its own that uses nothing but Kafka: `python -m sentuh.demo.worker_app --help`. The
people read right answers from the file of truths; how often they still err is in workforce.py.
"""

import argparse
import asyncio
import contextlib
import signal
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sentuh.demo.material import Truth, read_truths
from sentuh.demo.people import guess
from sentuh.demo.wire import Link, link_arguments, poll, producer, reader
from sentuh.demo.workforce import LATE_SECONDS, Deed, Person, ShownTask, deed, workforce
from shared.contracts.envelope import encode, traceparent_of
from shared.contracts.events.model import Event
from shared.contracts.events.offers import OfferMade, OfferWithdrawn
from shared.contracts.events.people import PresenceChanged, WorkerProfiled
from shared.contracts.events.responses import OfferAccepted, OfferAnswered, OfferDeclined
from shared.contracts.question import Answer
from shared.contracts.questions import KINDS
from shared.contracts.record import Record
from shared.contracts.topics import OFFERS

POOL = "main"
SOURCE = "worker-app"
TRUTH_WAIT_SECONDS = 600.0


class Desk:
    """The work of one person, who attends to one offer after the other."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.attention = asyncio.Lock()


class App:
    """All people and the offers they attend to."""

    def __init__(self, link: Link, people: Sequence[Person], truths: Mapping[str, Truth]) -> None:
        self._link = link
        self._desks = {person.worker_id: Desk(person) for person in people}
        self._truths = truths
        self._withdrawn: dict[str, asyncio.Event] = {}
        self._doing: set[asyncio.Task[None]] = set()
        self._upstream: Any = None

    async def run(self) -> None:
        """Register every person, answer offers until cancelled, and say that all are away."""
        async with producer(self._link) as self._upstream, reader(self._link, [OFFERS]) as offers:
            await self._register()
            print(f"{len(self._desks)} people are there", flush=True)
            try:
                await self._work(offers)
            finally:
                await asyncio.shield(self._say("away"))

    async def _work(self, offers: Any) -> None:
        while True:
            for record in await poll(offers, wait_ms=20):
                self._receive(record)
            for done in [task for task in self._doing if task.done()]:
                self._doing.discard(done)
                done.result()

    async def _register(self) -> None:
        now = datetime.now(UTC)
        for desk in self._desks.values():
            person = desk.person
            profile = WorkerProfiled(
                pool=POOL, at=now, worker_id=person.worker_id, skills=person.skills,
                languages=list(person.languages), capacity=person.capacity,
            )  # fmt: skip
            await self._send(profile, cause="registration", trace="")
        await self._say("available")

    async def _say(self, presence: Literal["available", "away"]) -> None:
        now = datetime.now(UTC)
        for worker_id in self._desks:
            here = PresenceChanged(
                pool=POOL, at=now, worker_id=worker_id, presence=presence, kinds=[*KINDS]
            )
            await self._send(here, cause="registration", trace="")

    def _receive(self, record: Record) -> None:
        event_type = record.header("ce_type")
        if event_type == OfferWithdrawn.TYPE:
            gone = OfferWithdrawn.model_validate_json(record.value or b"")
            self._withdrawn.setdefault(gone.assignment_id, asyncio.Event()).set()
        elif event_type == OfferMade.TYPE:
            offer = OfferMade.model_validate_json(record.value or b"")
            if offer.claims.assignment_id not in self._withdrawn:
                self._withdrawn[offer.claims.assignment_id] = asyncio.Event()
                self._doing.add(asyncio.create_task(self._attend(offer, record)))

    async def _attend(self, offer: OfferMade, record: Record) -> None:
        """Answer an offer, decline it, answer it late or let it lapse, as the person would."""
        desk = self._desks.get(offer.claims.worker_id)
        if desk is None:
            return  # the worker of another app
        done = deed(
            desk.person,
            self._link.seed,
            ShownTask(
                task_id=offer.claims.task_id,
                truth=self._truth_of(offer),
                question=offer.claims.asks,
                draft=offer.asked.draft if offer.asked else None,
            ),
        )
        attended = _AttendedOffer(self, offer, record)
        if done.act == "lapse":
            return
        if done.act == "late":
            await self._answer_late(attended, done)
            return
        async with desk.attention:
            if not self._withdrawn[offer.claims.assignment_id].is_set():
                await self._answer(attended, done)

    def _truth_of(self, offer: OfferMade) -> Answer:
        """Return the right answer; of a task of another publisher, a guess for all people."""
        task_id = offer.claims.task_id
        truth = self._truths.get(task_id)
        return truth.truth if truth else guess(offer.claims.asks, "unknown", task_id)

    async def _answer(self, attended: "_AttendedOffer", done: Deed) -> None:
        if done.act == "decline":
            await asyncio.sleep(done.seconds)
            await attended.decline()
            return
        if done.accepts_first:
            await attended.accept()
        await asyncio.sleep(done.seconds)
        await attended.answer(done.answer, done.seconds)

    async def _answer_late(self, attended: "_AttendedOffer", done: Deed) -> None:
        """Accept the offer, and answer after its time is over or the offer is withdrawn."""
        await attended.accept()
        claims = attended.offer.claims
        left = (claims.answer_by - datetime.now(UTC)).total_seconds()
        gone = self._withdrawn[claims.assignment_id]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(gone.wait(), max(0.0, left))
        await asyncio.sleep(LATE_SECONDS)
        await attended.answer(done.answer, max(0.0, left) + LATE_SECONDS)

    async def send(self, event: Event, answered: Record) -> None:
        """Publish a response to the offer in this record."""
        cause = answered.header("ce_id") or ""
        await self._send(event, cause=cause, trace=traceparent_of(answered, cause))

    async def _send(self, event: Event, *, cause: str, trace: str) -> None:
        out = encode(event, self._link.names, source=SOURCE, cause=cause, traceparent=trace)
        headers = [pair for pair in out.headers if pair[0] != "traceparent" or trace]
        await self._upstream.send_and_wait(out.topic, out.value, key=out.key, headers=headers)


class _AttendedOffer:
    """One offer that a person attends to, with the three responses they can send."""

    def __init__(self, app: App, offer: OfferMade, record: Record) -> None:
        self.offer = offer
        self._app = app
        self._record = record

    def _facts(self) -> dict[str, Any]:
        claims = self.offer.claims
        return {
            "pool": claims.pool,
            "at": datetime.now(UTC),
            "task_id": claims.task_id,
            "worker_id": claims.worker_id,
            "token": self.offer.token,
        }

    async def accept(self) -> None:
        await self._app.send(OfferAccepted(**self._facts()), self._record)

    async def decline(self) -> None:
        await self._app.send(OfferDeclined(**self._facts(), reason="no_time"), self._record)

    async def answer(self, answer: Answer, spent_seconds: float) -> None:
        seconds = round(spent_seconds, 3)
        answered = OfferAnswered(**self._facts(), answer=answer, spent_seconds=seconds)
        await self._app.send(answered, self._record)


def _truths(path: Path) -> dict[str, Truth]:
    """Load the truths, once the publisher has written them."""
    limit = time.monotonic() + TRUTH_WAIT_SECONDS
    while not path.exists():
        if time.monotonic() > limit:
            raise SystemExit(f"{path} has not come: is the publisher running?")
        time.sleep(0.1)
    return read_truths(path)


async def _run(app: App) -> None:
    work = asyncio.create_task(app.run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        return


def main(arguments: Sequence[str] | None = None) -> None:
    """Work until a signal."""
    parser = argparse.ArgumentParser(description=__doc__)
    link_arguments(parser)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--truth", type=Path, required=True, help="what the people can see")
    options = parser.parse_args(arguments)
    link = Link.of(options)
    app = App(link, workforce(options.workers, link.seed), _truths(options.truth))
    asyncio.run(_run(app))


if __name__ == "__main__":
    main()
