"""The load: an upstream that publishes model outputs, and people who answer at once."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiokafka.errors import KafkaError
from pydantic import JsonValue

from sentuh.audit import Sent
from sentuh.demo.wire import Link, poll, producer, reader
from shared.contracts.envelope import derived_traceparent, encode, traceparent_of
from shared.contracts.events.model import Event, natural_id
from shared.contracts.events.offers import OfferMade
from shared.contracts.events.parts import Claims
from shared.contracts.question import Answer
from shared.contracts.questions import KINDS
from shared.contracts.record import Record
from shared.contracts.topics import MODEL_OUTPUTS, OFFERS, Topic
from tests.faults import kinds
from tests.faults.chance import chance_of
from tests.support.builders import options_of
from tests.support.people import accepting, answering, coming, declining

SOURCE = "/models/faults"
POOL = "main"
WORKERS = 24
CAPACITY = 6
BURST = 5
AGAIN_SECONDS = 0.2
PLAIN_TYPES = ("faults", "brief")
"""The task types with two options, whose first one most people pick."""
WAIVED_EACH = 6
"""Of so many outputs one is so sure that nobody is asked."""


class Load:
    """Upstream and people of one run: what was sent, and who answered what.

    `task_type` is what outputs are published for, `output` makes one of its label and number,
    `thinking` is how many seconds a person takes over an offer. `records` counts all that both have
    sent; `asked` is of which task type each task is.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._stack = AsyncExitStack()
        self._upstream: Any = None
        self._people: asyncio.Task[None] | None = None
        self._offers: set[str] = set()
        self._thinking: set[asyncio.Task[None]] = set()
        self._turns = 0
        self.task_type = "faults"
        self.output: Callable[[str, int], Mapping[str, JsonValue]] = self._with_options
        self.thinking: Callable[[Claims], float] = lambda _: 0.0
        self.records = 0
        self.sent: list[Sent] = []
        self.asked: dict[str, str] = {}
        self.answered: set[tuple[str, str]] = set()

    async def __aenter__(self) -> Self:
        self._upstream = await self._stack.enter_async_context(producer(self._link))
        await self._register()
        self._people = asyncio.create_task(self._attend())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        tasks = [*self._thinking, *([self._people] if self._people else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._stack.aclose()

    @staticmethod
    def task_of(sent: Sent) -> str:
        """The id of the task that an output is, or would be."""
        return natural_id("output", sent.source, sent.id)

    async def publish(self, label: str, count: int, *, rate: float) -> None:
        """Publish that many outputs in small bursts, `rate` a second."""
        clock = asyncio.get_running_loop()
        due = clock.time()
        for first in range(0, count, BURST):
            numbers = range(first, min(first + BURST, count))
            await asyncio.gather(*(self._output(label, number) for number in numbers))
            due = max(due + len(numbers) / rate, clock.time())
            await asyncio.sleep(due - clock.time())
            self.check()

    @asynccontextmanager
    async def steady(self, rate: float) -> AsyncIterator[None]:
        """Outputs all the while, `rate` a second; those on their way are waited for at the end."""
        enough = asyncio.Event()
        publishing = asyncio.create_task(self._until(enough, rate))
        try:
            yield
        except BaseException:
            publishing.cancel()
            raise
        finally:
            enough.set()
            await asyncio.gather(publishing, return_exceptions=True)
        publishing.result()

    async def _until(self, enough: asyncio.Event, rate: float) -> None:
        while not enough.is_set():
            self._turns += 1
            await self.publish(f"s{self._turns}", BURST, rate=rate)

    def check(self) -> None:
        """Raise what has ended the people, if anything has."""
        if self._people is not None and self._people.done():
            self._people.result()

    async def send(
        self,
        topic: Topic,
        value: bytes | None,
        *,
        key: bytes | None,
        headers: Sequence[tuple[str, Any]] = (),
    ) -> Any:
        """Send until it is acknowledged; it may come twice, as any sender's record may."""
        name = self._link.names.of(topic)
        while True:
            try:
                ack = await self._upstream.send_and_wait(
                    name, value, key=key, headers=list(headers)
                )
            except KafkaError:
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                self.records += 1
                return ack

    async def _output(self, label: str, number: int) -> None:
        body = {
            **self.output(label, number),
            "source": SOURCE,
            "id": f"{label}-{number}",
            "correlation_id": f"c-{label}-{number}",
            "format": "sentuh.output",
        }
        value = json.dumps(body).encode()
        ack = await self.send(MODEL_OUTPUTS, value, key=f"{label}-{number}".encode())
        self.sent.append(
            Sent(
                source=SOURCE,
                id=str(body["id"]),
                digest=hashlib.sha256(value).hexdigest(),
                partition=ack.partition,
                offset=ack.offset,
            )
        )
        self.asked[self.task_of(self.sent[-1])] = str(body["task_type"])

    def _with_options(self, _: str, number: int) -> Mapping[str, JsonValue]:
        sure = 0.97 if number % WAIVED_EACH == 0 else 0.5
        response: JsonValue = {"answer": "right", "confidence": {"value": sure}}
        return {"task_type": self.task_type, "response": response}

    # --- people --------------------------------------------------------------------------------

    async def _register(self) -> None:
        now = datetime.now(UTC)
        for number in range(WORKERS):
            skills = {"text.faults": 2 + number % 3} | dict.fromkeys(kinds.BY_TYPE, 1)
            profile = {"skills": skills, "languages": ["en"], "capacity": CAPACITY}
            worker = f"{('w-', 'auth0|w:')[number % 2]}{number:02}"
            profiled, present = coming(worker, profile, at=now, pool=POOL)
            await self._say(profiled)
            await self._say(present.model_copy(update={"kinds": sorted(KINDS)}))

    async def _attend(self) -> None:
        async with reader(self._link, [OFFERS]) as offers:
            while True:
                for record in await poll(offers, wait_ms=20):
                    self._receive(record)
                for done in [task for task in self._thinking if task.done()]:
                    self._thinking.discard(done)
                    done.result()

    def _receive(self, record: Record) -> None:
        if record.header("ce_type") != OfferMade.TYPE:
            return
        offer = OfferMade.model_validate_json(record.value or b"")
        if offer.claims.assignment_id in self._offers:
            return
        self._offers.add(offer.claims.assignment_id)
        self._thinking.add(asyncio.create_task(self._respond(offer, record)))

    async def _respond(self, offer: OfferMade, record: Record) -> None:
        claims = offer.claims
        await asyncio.sleep(self.thinking(claims))
        chance = chance_of(claims.task_id, claims.worker_id)
        now = datetime.now(UTC)
        cause = record.header("ce_id") or ""
        trace = traceparent_of(record, cause)
        if chance < 0.04:
            await self._say(declining(offer, at=now), cause, trace)
            return
        if chance < 0.5:
            await self._say(accepting(offer, at=now), cause, trace)
        await self._say(answering(offer, _said(offer, chance), at=now), cause, trace)
        self.answered.add((claims.task_id, claims.worker_id))

    async def _say(
        self, event: Event, cause: str = "registration", trace: str | None = None
    ) -> None:
        trace = trace or derived_traceparent(cause)
        out = encode(event, self._link.names, source="people", cause=cause, traceparent=trace)
        topic = self._link.names.row(out.topic)
        await self.send(topic, out.value, key=out.key, headers=out.headers)


def _said(offer: OfferMade, chance: float) -> Answer:
    if offer.claims.task_type in PLAIN_TYPES:
        return options_of(offer.claims.asks)[0 if chance < 0.9 else -1]
    return kinds.answer(offer)
