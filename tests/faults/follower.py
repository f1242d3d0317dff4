"""What the journals say while a run goes on, by plain counting: copies, ends, lines."""

import asyncio
import contextlib
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sentuh.demo.wire import Link, poll, reader
from shared.contracts.record import Record
from shared.contracts.topics import (
    ASSIGNMENTS,
    DEAD_LETTERS,
    EARNINGS,
    OFFERS,
    RESPONSES,
    TASKS,
    VERDICTS,
)
from shared.kafka import internals
from tests.faults.promises import Promises

JOURNALS = (TASKS, ASSIGNMENTS, VERDICTS, EARNINGS)
FOLLOWED = (*JOURNALS, OFFERS, RESPONSES, *DEAD_LETTERS.values())
ENDINGS = ("answered", "declined", "expired", "withdrawn")
Pair = tuple[str, str]


@dataclass
class Follower:
    """The journals up to now. Of each kind of fact: what it is about, and the ids it came under.

    A dead letter that came again is the same one, counted once.
    """

    link: Link
    promises: Promises
    copies: Counter[str] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)
    facts: dict[str, dict[Pair, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    work: "asyncio.Task[None] | None" = None
    _ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def check(self) -> None:
        """Raise what has ended the following, if anything has."""
        if self.work is not None and self.work.done():
            self.work.result()

    def ids(self) -> dict[str, frozenset[str]]:
        """The distinct event ids of each journal."""
        return {topic.name: frozenset(self._ids[topic.name]) for topic in JOURNALS}

    def about(self, *kinds: str) -> set[Pair]:
        """What there are facts of these kinds about: task and worker, or task and nothing."""
        return {pair for kind in kinds for pair in self.facts[kind]}

    def unjudged(self, outputs: Iterable[str]) -> set[str]:
        """Of these tasks, those without a final verdict."""
        self.check()
        reached = self.facts["verdict.reached"]
        return {task for task in outputs if (task, "") not in reached}

    def unpaid(self, answered: Iterable[Pair]) -> set[Pair]:
        """Of these answers, those without an earning or its confirmation."""
        accrued, confirmed = self.facts["earning.accrued"], self.facts["earning.confirmed"]
        return {pair for pair in answered if pair not in accrued or pair not in confirmed}

    def paid_twice(self) -> set[Pair]:
        """The answers with more than one effective earning of a kind."""
        kinds = ("earning.accrued", "earning.confirmed")
        return {pair for kind in kinds for pair, ids in self.facts[kind].items() if len(ids) > 1}

    def unended(self) -> set[Pair]:
        """Tasks not closed, and assignments without an ending."""
        created, closed = self.about("task.created"), self.about("task.closed")
        ended = self.about(*(f"assignment.{ending}" for ending in ENDINGS))
        return (created - closed) | (self.about("assignment.offered") - ended)

    def take(self, record: Record) -> None:
        """Count one record."""
        row = self.link.names.row(record.topic)
        topic, event_id = row.name, record.header("ce_id") or ""
        if row in DEAD_LETTERS.values():
            self._letter(topic, record)
            return
        self.promises.take(record)
        if row not in JOURNALS:
            return
        self.copies[topic] += event_id in self._ids[topic]
        self._ids[topic].add(event_id)
        value = json.loads(record.value or b"{}")
        kind = (record.header("ce_type") or "").rpartition(".v")[0]
        self.facts[kind][value["task_id"], value.get("worker_id", "")].add(event_id)

    def _letter(self, topic: str, record: Record) -> None:
        letter_id = record.header("dl_id") or ""
        if letter_id not in self._ids[topic]:
            self._ids[topic].add(letter_id)
            self.letters[f"{topic}: {record.header('dl_reason')}"] += 1

    async def _follow(self) -> None:
        async with reader(self.link, FOLLOWED) as client:
            while True:
                for record in await poll(client, wait_ms=50):
                    self.take(record)


@asynccontextmanager
async def following(link: Link) -> AsyncIterator[Follower]:
    """Follow the journals meanwhile."""
    internals.read_any_header_name()
    found = Follower(link, Promises(link.names))
    found.work = asyncio.create_task(found._follow())
    try:
        yield found
    finally:
        found.work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await found.work
